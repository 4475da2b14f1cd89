"""When an account owes less: its case is closed or counted anew, and its lines are opened once nothing is overdue."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from asyncpg import Connection

from portal import clock
from portal.billing.open_items import IS_OWED
from portal.database import transaction
from portal.dunning.case_tables import CaseEnd, DunningCase, Happened
from portal.dunning.cases import course_of, note_event, open_case, policy_of
from portal.dunning.endings.handing_over import note_settled
from portal.dunning.owing import overdue_of
from portal.dunning.policy import Policy
from portal.dunning.proofs.proving import book_proofs
from portal.dunning.reconnecting import reconnect_when_settled
from portal.dunning.schedule import Course, current, next_step


async def owed_changed(
    account: UUID, *, payment: UUID | None, reason: str, decided_by: str, at: datetime, is_free: bool = False
) -> bool:
    """To be called in the transaction that made it less, with the account locked.

    True when a reconnection was asked for now; `is_free`: without charge.
    """
    async with transaction() as connected:
        case = await open_case(account)
        if case is not None:
            await reconsider(connected, case, course_of(case), reason=reason, decided_by=decided_by, at=at)
        await book_proofs(connected, account)
        return await reconnect_when_settled(
            account, payment=payment, reason=reason, decided_by=decided_by, at=at, is_free=is_free
        )


async def reconsider(
    connected: Connection, case: DunningCase, course: Course, *, reason: str, decided_by: str, at: datetime
) -> bool:
    """Close the case, or count its days from the bill that is left. True when it is closed.

    A case is over when nothing undisputed is overdue; before the first bar also when all that its notice told of is
    settled. For a bill that fell due since then a case of its own begins, with every notice.
    """
    policy, today = policy_of(case), clock.day_of(at)
    is_owed = (await overdue_of(case.account, today)).is_positive
    told_on = warned_on(policy, course)
    if is_owed and told_on and current(policy, course) is None:
        is_owed = await connected.fetchval(WAS_TOLD, case.account, today, told_on)
    if not is_owed:
        return await close(connected, case, reason, decided_by, at)
    await count_anew(connected, case, at)
    return False


def warned_on(policy: Policy, course: Course) -> date | None:
    """The day of what the first bar requires; before that was told, of the last thing that was; None before any."""
    bar = next((step for step in policy.steps if step.bars), None)
    if bar and bar.requires and bar.requires in course.taken:
        return course.taken[bar.requires]
    return max((day for name, day in course.taken.items() if policy.step(name).tells), default=None)


async def close(connected: Connection, case: DunningCase, reason: str, decided_by: str, at: datetime) -> bool:
    """The case is over, and with it what held it. False where a claim is still open, which belongs to it."""
    if await connected.fetchval(CLOSE, case.id, at) is None:
        return False
    await connected.execute(AWAIT_NO_MORE, case.id)
    await connected.execute(END_DEFERRAL, case.account, at)
    await connected.execute(END_REQUEST, case.account, at)
    await note_event(case, Happened.SETTLED, at=at, reason=reason, decided_by=decided_by)
    await note_settled(case, at=at)
    return True


async def count_anew(connected: Connection, case: DunningCase, at: datetime) -> None:
    """The bill that days were counted from is settled, another one is overdue: they count from that one on.

    Never from an earlier one, such as a bill whose dispute was rejected: nothing comes sooner than it was told.
    """
    today = clock.day_of(at)
    bill = await connected.fetchrow(LONGEST_OVERDUE, case.account, today)
    if bill is None or bill["id"] == case.bill:
        return
    case.bill = bill["id"]
    if bill["issued_on"] >= case.issued_on:
        case.issued_on, case.due_on = bill["issued_on"], bill["due_on"]
    await connected.execute(ANCHOR, case.id, case.bill, case.issued_on, case.due_on, next_day(case, today))
    reason = f"the bill before is settled; days count from an issue on {case.issued_on}"
    await note_event(case, Happened.COUNTED_ANEW, at=at, reason=reason, decided_by="payments")


def next_day(case: DunningCase, today: date) -> date | None:
    """None while the next step waits for a notice, or there is none (also where a person stopped the ladder)."""
    if not case.next_step:
        return None
    due = next_step(policy_of(case), course_of(case))
    return max(due.on, today) if due and due.on else None


# What a terminated contract claims back belongs to the case, also before it falls due.
CLOSE = f"""
    UPDATE dunning_cases c SET closed_at = $2, closed_because = '{CaseEnd.SETTLED}', next_step = NULL, next_on = NULL
    WHERE id = $1 AND closed_at IS NULL AND NOT EXISTS (
        SELECT FROM terminations t JOIN bills b ON b.id = t.claim
        WHERE t.dunning_case = c.id AND t.reversed_at IS NULL AND b.open_cents > 0
    )
    RETURNING id
"""  # noqa: S608 - our own words
END_DEFERRAL = "UPDATE deferrals SET ended_at = $2 WHERE account = $1 AND ended_at IS NULL"
END_REQUEST = """
    UPDATE deferral_requests SET state = 'withdrawn', decided_at = $2, decided_by = 'settled', reason = 'it was paid'
    WHERE account = $1 AND state = 'asked'
"""
AWAIT_NO_MORE = "UPDATE notices SET is_awaited = false WHERE dunning_case = $1 AND is_awaited"
# Overdue on the day of the notice, and neither disputed then nor later: what the message named.
WAS_TOLD = f"""
    SELECT EXISTS (
        SELECT FROM bills b WHERE account = $1 AND {IS_OWED}
        AND due_on < $2 AND due_on < $3 AND NOT EXISTS (
            SELECT FROM disputes d
            WHERE d.bill = b.id AND (d.decided_at AT TIME ZONE 'Europe/Ljubljana')::date >= $3
        )
    )
"""  # noqa: S608 - our own words
LONGEST_OVERDUE = f"""
    SELECT id, issued_on, due_on FROM bills
    WHERE account = $1 AND {IS_OWED} AND due_on < $2
    ORDER BY due_on, number LIMIT 1
"""  # noqa: S608 - our own words
ANCHOR = "UPDATE dunning_cases SET bill = $2, issued_on = $3, due_on = $4, next_on = $5 WHERE id = $1"
# The accounts among $1 for which `owed_changed` may do something: to all others it means nothing that they owe less.
CONCERNED = """
    SELECT account FROM dunning_cases WHERE account = ANY ($1) AND closed_at IS NULL
    UNION SELECT account FROM suspensions WHERE account = ANY ($1) AND ended_at IS NULL
    UNION SELECT account FROM proofs WHERE account = ANY ($1) AND state IN ('waiting', 'accepted')
"""
