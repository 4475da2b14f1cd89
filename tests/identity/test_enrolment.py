"""Enrolment: made at the first sign-in, once, and shown in plain words."""

from __future__ import annotations

import asyncio
import re

from portal.audit import AuditEntry, Event
from portal.clock import stopped_at
from portal.identity.enrolling import enrolment_of
from portal.identity.tables import Enrolment
from tests.identity.phones import Phones, sign_in
from tests.people import NOON, Person, signed_in
from tests.visiting import Visitor


async def test_the_first_sign_in_makes_it_and_the_second_finds_it(
    visit: Visitor, stranger: Visitor, bojan: Person, phones: Phones
) -> None:
    with stopped_at(NOON):
        await sign_in(visit, bojan, phones)
        await sign_in(stranger, bojan, phones)
        page = await visit.get("/account")

    (enrolment,) = await Enrolment.objects()
    assert re.fullmatch(r"A1-[2-9A-HJ-NP-TV-Z]{4}-[2-9A-HJ-NP-TV-Z]{4}", enrolment.number)
    assert enrolment.made_at == NOON
    assert f"{enrolment.number}, od 21. 11. 2026" in page.text
    assert "Z A1 certifikatom na portalu podpisujete dokumente" in page.text
    assert await AuditEntry.count().where(AuditEntry.event == Event.ENROLLED) == 1


async def test_a_session_from_before_gets_it_when_it_is_asked_for(visit: Visitor, bojan: Person) -> None:
    await signed_in(visit, bojan)
    assert bojan.login is not None
    assert not await Enrolment.exists()

    found = await asyncio.gather(*(enrolment_of(bojan.login.id) for _ in range(6)))

    assert len({one.number for one in found}) == 1
    assert await Enrolment.count() == 1
