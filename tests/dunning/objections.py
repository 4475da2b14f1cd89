"""An objection to a bill: raised, ended, and what is left to pay."""

from __future__ import annotations

import pytest

from portal.billing.tables import Bill
from portal.dunning.disputing import (
    decide,
    dispute,
)
from portal.dunning.owing import overdue_of
from portal.dunning.relief_tables import Dispute, DisputeOutcome
from portal.money import Money
from tests.people import NOON, TODAY, Person, a_person
from tests.working import work_off
from tests.world import Exchange

WHY = "Gostovanje ni bilo moje."


ADVISER = "Nada"


@pytest.fixture
async def bojan(world: Exchange) -> Person:
    return await a_person("Bojan Kralj")


async def objects(bill: Bill, undisputed: Money | None = None) -> Dispute:
    made = await dispute(bill, undisputed, reason=WHY, opened_by=ADVISER, at=NOON)
    await work_off()
    return made


async def ends(made: Dispute, outcome: DisputeOutcome) -> None:
    await decide(made.id, outcome, because="Promet je bil pravilno obračunan.", decided_by=ADVISER, at=NOON)
    await work_off()


async def disputed_of(bill: Bill) -> int:
    fresh = await Bill.objects().get(Bill.id == bill.id)
    assert fresh is not None
    return fresh.disputed_cents


async def overdue(person: Person) -> Money:
    return await overdue_of(person.account.id, TODAY)
