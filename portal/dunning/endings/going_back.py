"""The ladder after something was taken back: before that step again, and standing still.

It goes on when a person says so: the next night would do the same again.
"""

from __future__ import annotations

from datetime import date, datetime

from asyncpg import Connection

from portal import clock
from portal.audit import Event, note
from portal.customers.locking import lock_account
from portal.database import transaction
from portal.dunning.case_tables import DunningCase, Happened
from portal.dunning.cases import course_of, note_event, policy_of
from portal.dunning.policy import Step
from portal.dunning.schedule import next_step
from portal.dunning.settling import owed_changed
from portal.statements import Statement


class NotReversed(Exception):
    """Why something is not taken back, or a ladder does not go on, as a sentence for staff."""


async def latest_case(account_number: str) -> DunningCase:
    """The account's last case, open or not. Raises NotReversed where there is none."""
    case = await LATEST.first(number=account_number)
    if case is None:
        raise NotReversed(f"Account {account_number} has no case.")
    return case


async def go_back(connected: Connection, case: DunningCase, step: Step, *, by: str, because: str, at: datetime) -> None:
    """As if `step` and what follows it had not been taken; what they told and is not posted yet stays here.

    A case that is over stays so.
    """
    steps = policy_of(case).steps
    undone = [later.name for later in steps[steps.index(step) :]]
    await connected.execute(GO_BACK, case.id, undone)
    await connected.execute(UNDO_EVENTS, case.id, undone)
    await connected.execute(HOLD_LETTERS, case.id, undone, at)
    await connected.execute(FORGET_NOTICES, case.id, undone)
    await note_event(case, Happened.REVERSED, at=at, step=step.name, reason=because, decided_by=by)
    await owed_changed(case.account, payment=None, reason=because, decided_by=by, at=at)


async def resume(case: DunningCase, by: str, because: str, at: datetime) -> date | None:
    """Let the ladder go on from where it was stopped. Returns the day of its next step, None while a notice is awaited.

    Raises NotReversed where it does not stand still.
    """
    due = next_step(policy_of(case), course_of(case))
    if due is None:
        raise NotReversed("The ladder is at its end.")
    on = max(due.on, clock.day_of(at)) if due.on else None
    async with transaction() as connected:
        await lock_account(connected, case.account)
        if await connected.fetchval(RESUME, case.id, due.step.name, on) is None:
            raise NotReversed("The ladder of this case does not stand still.")
        await note(Event.DUNNING_RESUMED, account=case.account, case=str(case.id), by=by, because=because)
    return on


GO_BACK = """
    UPDATE dunning_cases SET taken = taken - $2::text[], last_days = last_days - $2::text[],
        next_step = NULL, next_on = NULL
    WHERE id = $1
"""
UNDO_EVENTS = """
    UPDATE case_events SET outcome = 'reversed' WHERE dunning_case = $1 AND kind = 'step' AND step = ANY ($2::text[])
"""
HOLD_LETTERS = """
    UPDATE messages m SET expires_at = $3 FROM notices n
    WHERE n.dunning_case = $1 AND n.step = ANY ($2::text[]) AND m.once = 'notice ' || n.id
      AND m.channel = 'letter' AND m.state = 'queued' AND m.batch IS NULL
"""
# Belonging to no case, they can arrive and nothing follows from it.
FORGET_NOTICES = "UPDATE notices SET dunning_case = NULL WHERE dunning_case = $1 AND step = ANY ($2::text[])"
RESUME = """
    UPDATE dunning_cases SET next_step = $2, next_on = $3
    WHERE id = $1 AND closed_at IS NULL AND next_step IS NULL RETURNING id
"""
LATEST = Statement(
    """
    SELECT d.* FROM dunning_cases d JOIN accounts a ON a.id = d.account
    WHERE a.number = $1 ORDER BY d.opened_on DESC, d.id DESC LIMIT 1
    """,
    DunningCase,
    ("number",),
)
