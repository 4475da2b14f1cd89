"""Barring an account's lines as a step of the ladder says: the row and the orders to the network, together."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

import uuid_utils.compat

from portal import clock
from portal.audit import Event, note
from portal.customers.tables import LineKind
from portal.database import connection
from portal.dunning.case_tables import DunningCase, Happened
from portal.dunning.cases import course_of, note_event, policy_of
from portal.dunning.notices import tell
from portal.dunning.policy import Step
from portal.dunning.schedule import ONE_DAY, current
from portal.network.barring import order
from portal.network.tables import Profile


async def suspend(case: DunningCase, step: Step, *, reason: str, decided_by: str, at: datetime) -> None:
    """Bar what the step bars: a suspension begins, or the one in force is raised to the step's rank.

    One that is being lifted, for what was paid before, is over: a reconnection still under way is overtaken. Runs in
    the caller's transaction with the account locked and the debt looked at, so that it never overtakes a payment.
    """
    async with connection() as connected:
        await connected.execute(OVERTAKE, case.account, at)
        suspension: UUID | None = await connected.fetchval(
            RAISE,
            uuid_utils.compat.uuid7(),
            case.account,
            case.bill,
            case.id,
            case.policy,
            step.suspension,
            reason,
            decided_by,
            at,
        )
    if suspension is None:
        return
    await bar(case.account, suspension, step, at)
    await note(
        Event.SUSPENDED,
        account=case.account,
        suspension=str(suspension),
        step=step.suspension,
        decided_by=decided_by,
    )


async def suspend_again(case: DunningCase, *, reason: str, decided_by: str, at: datetime) -> bool:
    """Bar again what was opened provisionally, at the step where the case stands, and tell the customer of it.

    False where nothing was barred yet. The step after it comes on the next day at the earliest: until then what it
    costs can be avoided. Runs in the caller's transaction with the account locked.
    """
    step = current(policy_of(case), course_of(case))
    if step is None:
        return False
    async with connection() as connected:
        case.next_on = await connected.fetchval(PUT_OFF, case.id, clock.day_of(at) + ONE_DAY)
    await suspend(case, step, reason=reason, decided_by=decided_by, at=at)
    await note_event(case, Happened.SUSPENDED_AGAIN, at=at, step=step.name, reason=reason, decided_by=decided_by)
    await tell(case, step, at=at)
    return True


async def bar(account: UUID, suspension: UUID, step: Step, at: datetime) -> None:
    lines: dict[Profile, list[UUID]] = defaultdict(list)
    async with connection() as connected:
        for line in await connected.fetch(CONNECTED, account, clock.day_of(at)):
            if (kind := LineKind(line["kind"])) in step.bars:
                lines[step.bars[kind]].append(line["id"])
    for profile, alike in lines.items():
        await order(alike, profile, occasion=suspension, at=at)


# The suspension in force is raised only: an earlier step that comes late changes nothing.
RAISE = """
    INSERT INTO suspensions AS s (id, account, bill, dunning_case, policy, step, reason, decided_by, started_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (account) WHERE ended_at IS NULL DO UPDATE SET
        step = excluded.step, bill = excluded.bill, dunning_case = excluded.dunning_case, policy = excluded.policy,
        reason = excluded.reason, decided_by = excluded.decided_by
    WHERE s.step < excluded.step
    RETURNING id
"""
END = "UPDATE suspensions SET ended_at = $2 WHERE account = $1 AND ended_at IS NULL"
OVERTAKE = f"{END} AND EXISTS (SELECT FROM reconnections WHERE suspension = suspensions.id)"
# What waits for a notice has no day.
PUT_OFF = """
    UPDATE dunning_cases SET next_on = CASE WHEN next_on IS NOT NULL THEN greatest(next_on, $2::date) END
    WHERE id = $1 RETURNING next_on
"""
# What a contract that has ended connected is no longer ours to bar or to open.
CONNECTED = """
    SELECT l.id, l.kind FROM lines l JOIN contracts c ON c.id = l.contract
    WHERE l.account = $1 AND (c.ended_on IS NULL OR c.ended_on > $2) ORDER BY l.id
"""
