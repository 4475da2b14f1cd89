"""A case as staff see it: the answer to «why was I cut off?»."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from asyncpg import Record

from portal.database import connection
from portal.dunning.case_tables import CaseEvent
from portal.dunning.planning import holding, waits_for
from portal.money import Money


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """`account`, `bill`: their numbers. `follows`: what comes next, when, and what holds it, in words."""

    account: str
    customer: str
    policy: str
    opened_on: date
    closed_on: date | None
    bill: str
    issued_on: date
    due_on: date
    overdue: Money
    follows: str
    events: list[CaseEvent]


async def record_of(account_number: str, today: date) -> CaseRecord | None:
    """The account's open case, or else its last one."""
    async with connection() as connected:
        row = await connected.fetchrow(CASE, account_number, today)
    if row is None:
        return None
    events = await CaseEvent.objects().where(CaseEvent.dunning_case == row["id"]).order_by(CaseEvent.at, CaseEvent.id)
    return CaseRecord(
        account=row["number"],
        customer=row["name"],
        policy=row["policy"],
        opened_on=row["opened_on"],
        closed_on=row["closed_on"],
        bill=row["bill"],
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        overdue=Money(row["cents"]),
        follows=follows(row, today),
        events=events,
    )


def follows(row: Record, today: date) -> str:
    if row["closed_on"]:
        return "nothing: the case is over"
    if not row["next_step"]:
        return "nothing: it stands still, at its end or until a person lets it go on"
    when = f"{row['next_step']} on {max(row['next_on'], today)}" if row["next_on"] else row["next_step"]
    held = waits_for(row, row["next_on"])
    return f"{when}; held: {held}" if held else when


CASE = f"""
    SELECT c.id, c.policy, c.opened_on, c.issued_on, c.due_on, c.next_step, c.next_on, a.number, u.name,
           b.number AS bill, (c.closed_at AT TIME ZONE 'Europe/Ljubljana')::date AS closed_on,
           {holding("$2")}
    FROM accounts a
    JOIN customers u ON u.id = a.customer
    JOIN dunning_cases c ON c.account = a.id
    JOIN bills b ON b.id = c.bill
    WHERE a.number = $1 ORDER BY c.closed_at DESC NULLS FIRST LIMIT 1
"""  # noqa: S608 - our own words
