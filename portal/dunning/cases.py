"""The case of an account: what it stands on, and the timeline of what happened to it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from portal import clock
from portal.dunning.case_tables import CaseEvent, DunningCase, Happened, days_of
from portal.dunning.owing import overdue_of
from portal.dunning.policies import policy_named
from portal.dunning.policy import Policy
from portal.dunning.schedule import Course
from portal.statements import Statement

NIGHTLY = "nightly run"
"""Who decides what nobody decided: it follows from the policy and the day."""


async def open_case(account: UUID) -> DunningCase | None:
    return await OPEN.first(account=account)


def policy_of(case: DunningCase) -> Policy:
    """The one it began on."""
    return policy_named(case.policy)


def course_of(case: DunningCase) -> Course:
    return Course(case.issued_on, case.due_on, days_of(case.taken), days_of(case.last_days), case.next_on)


async def note_event(
    case: DunningCase,
    kind: Happened,
    *,
    at: datetime,
    reason: str,
    decided_by: str,
    step: str | None = None,
    cents: int | None = None,
    until: date | None = None,
) -> CaseEvent:
    """Write a row of the timeline, with what is overdue now."""
    today = clock.day_of(at)
    event = CaseEvent(
        dunning_case=case.id,
        kind=kind,
        step=step,
        on_day=today,
        at=at,
        overdue_cents=(await overdue_of(case.account, today)).cents,
        cents=cents,
        until=until,
        reason=reason,
        decided_by=decided_by,
    )
    await event.save()
    return event


OPEN = Statement(
    "SELECT * FROM dunning_cases WHERE account = $1 AND closed_at IS NULL",
    DunningCase,
    ("account",),
)
