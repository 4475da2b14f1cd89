"""Enrolment (A1 certifikat): what entitles a login to a certificate of its own for each signing."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from portal import audit, clock
from portal.audit import Event
from portal.database import transaction
from portal.identity.tables import Enrolment
from portal.statements import Slot, Statement

LETTERS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
"""Without those that look alike, and without U: no number becomes a word."""


async def enrolment_of(login: UUID) -> Enrolment:
    """That of a login. One whose session began before there were enrolments gets it now."""
    return await OF.first(login=login) or await enrol(login, clock.now()) or await enrolment_of(login)


async def enrol(login: UUID, at: datetime) -> Enrolment | None:
    """Make it, once; None when the login has it already."""
    async with transaction():
        enrolment = Enrolment(login=login, number=new_number(), made_at=at)
        made = await Enrolment.insert(enrolment).on_conflict(Enrolment.login, "DO NOTHING").returning(Enrolment.id)
        if not made:
            return None
        await audit.note(Event.ENROLLED, login=login, number=enrolment.number)
    return enrolment


def new_number() -> str:
    """`A1-7K2M-94QX`: one in 850 thousand millions, so that nobody has another's."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"A1-{drawn[:4]}-{drawn[4:]}"


OF = Statement(Enrolment.objects().where(Enrolment.login == Slot("login")), Enrolment)
