"""A longer deferral as a customer fills it in, and as it stands in the table."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from portal import clock
from portal.dunning.deferrals import requesting
from portal.dunning.deferrals.requesting import Wish
from portal.dunning.relief_tables import DeferralRequest
from tests.people import NOON, TODAY, Person, signed_in
from tests.visiting import Page, Visitor

WISHED = TODAY + timedelta(days=30)


@pytest.fixture(autouse=True)
async def noon(database: str) -> AsyncIterator[None]:
    with clock.stopped_at(NOON):
        yield


async def page_of(visit: Visitor, person: Person) -> Page:
    await signed_in(visit, person, at=NOON)
    return await visit.get("/deferral")


async def wishes(person: Person, until: date = WISHED) -> DeferralRequest:
    wish = Wish("+38641123456", "50223054", until)
    return await requesting.ask(person.account, wish, login=None, today=TODAY, at=NOON)
