"""Bojan and the fees whose names the stories of his standing use."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.billing.tables import ChargeKind
from portal.dunning.policy import Fee
from portal.money import Money
from tests.people import TODAY, Person, a_person
from tests.world import Exchange

RECONNECTION = Fee(ChargeKind.RECONNECTION, Money(799))


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
async def bojan(world: Exchange) -> Person:
    return await a_person("Bojan Kralj")
