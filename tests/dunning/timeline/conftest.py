"""Saturday, 21 November 2026, and Bojan, who is signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal import clock
from portal.sandbox.phone import SandboxPhone
from tests.people import NOON, Person, a_person, signed_in
from tests.visiting import Visitor
from tests.world import Exchange


@pytest.fixture(autouse=True)
def saturday(phone: SandboxPhone, exchange: Exchange) -> Iterator[None]:
    """21 November 2026, about noon."""
    with clock.stopped_at(NOON):
        yield


@pytest.fixture
async def bojan(visit: Visitor) -> Person:
    bojan = await a_person("Bojan Kralj")
    await signed_in(visit, bojan, at=NOON)
    return bojan
