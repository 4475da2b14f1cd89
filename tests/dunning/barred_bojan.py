"""Bojan, whose outgoing calls are barred."""

from __future__ import annotations

import pytest

from tests.dunning.cases import suspended
from tests.people import Person, a_person
from tests.world import Exchange


@pytest.fixture
async def bojan(world: Exchange) -> Person:
    """Suspended at step 1, told so by SMS."""
    bojan = await a_person("Bojan Kralj")
    await suspended(bojan)
    return bojan
