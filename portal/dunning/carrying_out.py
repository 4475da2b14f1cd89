"""What a step of the ladder does, done once, with the account locked and everything looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from asyncpg import Connection

from portal import clock
from portal.customers.locking import lock_account
from portal.database import transaction
from portal.dunning.case_tables import CaseEvent, DunningCase, Outcome
from portal.dunning.cases import NIGHTLY, course_of, policy_of
from portal.dunning.chunks import chunks
from portal.dunning.endings.handing_over import hand_over
from portal.dunning.endings.terminating import terminate
from portal.dunning.holds import is_held
from portal.dunning.moving import order
from portal.dunning.notices import tell
from portal.dunning.policy import Step
from portal.dunning.reconnecting import reconnect_when_settled
from portal.dunning.schedule import Course, day_of, next_step
from portal.dunning.settling import reconsider
from portal.dunning.suspending import suspend
from portal.failures import passed_over, raise_first

LONGEST_JOB = timedelta(hours=1)


async def carry_out_each(events: Sequence[UUID], at: datetime) -> None:
    """Each by itself: one that fails holds up no other, and is tried again with those that were left."""
    failures: list[Exception] = []
    for event in events:
        with passed_over(failures):
            await carry_out(event, at)
    raise_first(failures)


async def order_again(at: datetime) -> None:
    """Steps that were taken and have lost their job, such as one that was held after its last attempt."""
    async for undone in chunks(UNDONE, at - LONGEST_JOB):
        async with transaction():
            await order([event["id"] for event in undone])


async def carry_out(event_id: UUID, at: datetime) -> None:
    """Safe to repeat. A step that was paid for since it was taken is not acted upon; one that is held, or not due any
    more because days count from another bill, is taken back.
    """
    async with transaction() as connected:
        account = await connected.fetchval(ACCOUNT, event_id)
        if account is None:
            return
        await lock_account(connected, account)
        event = await CaseEvent.objects().get((CaseEvent.id == event_id) & CaseEvent.outcome.is_null())
        if event is None:
            return
        case = await DunningCase.objects().get(DunningCase.id == event.dunning_case)
        assert case is not None, "an event has a case"
        if await is_overtaken(connected, case, event, at):
            await connected.execute(OVERTAKEN, event.id)
        elif not await has_to_wait(connected, case, event, clock.day_of(at)):
            await act(case, policy_of(case).step(event.step), event, at)
            await connected.execute(DONE, event.id)


async def is_overtaken(connected: Connection, case: DunningCase, event: CaseEvent, at: datetime) -> bool:
    """Settled meanwhile: then the case is closed here, if nobody has yet."""
    if case.closed_at:
        return True
    reason = "nothing is overdue"
    if not await reconsider(connected, case, without(case, event), reason=reason, decided_by=NIGHTLY, at=at):
        return False
    await reconnect_when_settled(case.account, payment=None, reason=reason, decided_by=NIGHTLY, at=at)
    return True


async def has_to_wait(connected: Connection, case: DunningCase, event: CaseEvent, today: date) -> bool:
    """Take the step back where the ladder is held, or its day is not today nor before."""
    policy, before = policy_of(case), without(case, event)
    on = day_of(policy, policy.step(event.step), before)
    is_put_off = await is_held(case.account, today)
    if on is not None and on <= today and not is_put_off:
        return False
    due = next_step(policy, before)
    assert due is not None, "the step itself is ahead again"
    next_on = max(due.on, today + timedelta(days=is_put_off)) if due.on else None
    await connected.execute(TAKE_BACK, event.id, case.id, event.step, due.step.name, next_on)
    return True


def without(case: DunningCase, event: CaseEvent) -> Course:
    """What the case had behind it when it took the step."""
    course = course_of(case)
    return replace(course, taken={name: day for name, day in course.taken.items() if name != event.step})


async def act(case: DunningCase, step: Step, event: CaseEvent, at: datetime) -> None:
    if step.bars:
        await suspend(case, step, reason=event.reason, decided_by=event.decided_by, at=at)
    if step.terminates:
        await terminate(case, step, event, at=at)
    if step.hands_over_to:
        await hand_over(case, step.hands_over_to, event, at=at)
    if step.tells:
        await tell(case, step, at=at)


UNDONE = """
    SELECT id FROM case_events WHERE kind = 'step' AND outcome IS NULL AND id > $1 AND at < $3 ORDER BY id LIMIT $2
"""
ACCOUNT = "SELECT c.account FROM case_events e JOIN dunning_cases c ON c.id = e.dunning_case WHERE e.id = $1"
DONE = f"UPDATE case_events SET outcome = '{Outcome.DONE}' WHERE id = $1"  # noqa: S608 - our own words
OVERTAKEN = f"UPDATE case_events SET outcome = '{Outcome.OVERTAKEN}' WHERE id = $1"  # noqa: S608 - as above
# As if it had not been taken.
TAKE_BACK = """
    WITH gone AS (DELETE FROM case_events WHERE id = $1)
    UPDATE dunning_cases SET taken = taken - $3, next_step = $4, next_on = $5 WHERE id = $2
"""
