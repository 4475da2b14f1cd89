"""People who may put a suspension off, and what came of asking."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from portal.billing.tables import Charge
from portal.database import connection
from portal.dunning.deferrals.deferring import defer, possibility
from portal.dunning.deferrals.rules import Possibility
from portal.dunning.relief_tables import AskedBy, Deferral, Proof, ProofState
from tests.dunning.case_rows import a_case, noon
from tests.people import NOON, TODAY, Person, a_person, saved

TEN_DAYS_ON = TODAY + timedelta(days=10)
PAID_BEFORE = 4


async def warned(
    name: str = "Bojan Kralj", *, today: date = TODAY, paid: int = PAID_BEFORE, cents: int = 8_645
) -> Person:
    """A customer of long standing whose notice arrived today."""
    person = await a_person(name)
    await paid_before(person, paid, today)
    await a_case(person, "notice", today=today, cents=cents)
    return person


async def paid_before(person: Person, count: int, today: date = TODAY) -> None:
    for month in range(count):
        await person.bill(due=today - timedelta(days=40 + 30 * month), open_cents=0)


async def asked(person: Person, today: date = TODAY) -> Possibility:
    return await possibility(person.account, today)


async def deferred(person: Person, today: date = TODAY, by: AskedBy = AskedBy.PORTAL) -> Deferral:
    return await defer(person.account, today=today, at=noon(today), asked_by=by, decided_by="customer")


async def settles(person: Person) -> None:
    """Everything of theirs is paid and the case is over, a while ago: without booking."""
    async with connection() as connected:
        await connected.execute("UPDATE bills SET open_cents = 0 WHERE account = $1", person.account.id)
        await connected.execute(
            "UPDATE dunning_cases SET closed_at = opened_on, closed_because = 'settled' WHERE account = $1",
            person.account.id,
        )
        await connected.execute("UPDATE deferrals SET ended_at = granted_at WHERE account = $1", person.account.id)


async def deferrals_of(person: Person) -> list[Deferral]:
    return await Deferral.of(person.account).order_by(Deferral.granted_at)


async def fees_of(person: Person) -> list[int]:
    return await Charge.select(Charge.amount_cents).where(Charge.account == person.account.id).output(as_list=True)


async def an_accepted_proof(person: Person, holds_until: date) -> None:
    await saved(
        Proof(
            account=person.account.id,
            name="p.pdf",
            media_type="application/pdf",
            size=1,
            sha256=uuid4().hex,
            sent_at=NOON,
            state=ProofState.ACCEPTED,
            holds_until=holds_until,
        )
    )
