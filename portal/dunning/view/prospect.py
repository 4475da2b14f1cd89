"""What an account with a case, a suspension or a warning has ahead, and what its customer can still avoid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from portal import clock
from portal.customers.tables import LineKind
from portal.dunning import opening
from portal.dunning.case_tables import days_of
from portal.dunning.policies import policy_named
from portal.dunning.policy import Avoidable, Policy
from portal.dunning.schedule import ONE_DAY, Course, avoidable, current
from portal.dunning.view.outlook import Connected, Move, Rung, outlook
from portal.dunning.view.shown_hold import Hold
from portal.dunning.view.situation import Situation


@dataclass(frozen=True, slots=True)
class Prospect:
    """`ahead`: what comes if nothing is paid, after the hold where one has a last day.

    `warned_until`: the last day to pay before a suspension that the customer was warned of.
    `may_ask_for_deferral`: worth a look at the page of deferral; all that can be told without asking further.
    """

    policy: Policy
    ahead: tuple[Move, ...]
    avoidable: Avoidable | None
    warned_until: date | None
    may_ask_for_deferral: bool


def prospect_of(row: Situation, hold: Hold | None, kinds: frozenset[LineKind], today: date) -> Prospect | None:
    """None for an account in order, or one that owes nothing but what it disputes."""
    if row.policy is None or row.overdue_cents <= row.disputed_cents:
        return None
    policy = policy_named(row.policy)
    course = course_of(row, policy)
    resumes_on = goes_on_from(row, hold, today)
    steps = tuple(outlook(policy, course, Connected(kinds, row.step is not None), resumes_on)) if resumes_on else ()
    return Prospect(
        policy,
        steps,
        avoidable(policy, course, today, resumes_on) if resumes_on else None,
        warned_until(policy, course, steps, today),
        may_ask_for_deferral(row, policy, course),
    )


def course_of(row: Situation, policy: Policy) -> Course:
    """The case's, or what it would be had cases been kept when the account was suspended or warned."""
    if row.taken is not None:
        return Course(row.issued_on, row.due_on, days_of(row.taken), days_of(row.last_days), row.next_on)
    course = Course(row.issued_on, row.due_on)
    if row.step is not None:
        return opening.suspended(policy, course, row.step, clock.day_of(row.started_at))
    return warned(course, policy, row)


def warned(course: Course, policy: Policy, row: Situation) -> Course:
    assert row.warned_at is not None, "a policy comes from a case, a suspension or a notice"
    before = policy.steps[: policy.steps.index(policy.suspensions[0])]
    return replace(
        course,
        taken={step.name: clock.day_of(row.warned_at) for step in before},
        last_days={step.name: row.warned_until for step in before},
    )


def goes_on_from(row: Situation, hold: Hold | None, today: date) -> date | None:
    """None: nothing comes. A payment is under way, a person stopped the ladder, or it is at its end."""
    if row.taken is not None and row.next_step is None:
        return None
    if hold is None:
        return today
    return hold.until + ONE_DAY if hold.until else None


def warned_until(policy: Policy, course: Course, steps: tuple[Move, ...], today: date) -> date | None:
    if current(policy, course) is not None or policy.suspensions[0].requires not in course.last_days:
        return None
    off_on = next((step.on for step in steps if step.rung == Rung.SUSPENSION), today)
    return off_on - ONE_DAY if off_on > today else None


def may_ask_for_deferral(row: Situation, policy: Policy, course: Course) -> bool:
    return (
        policy.deferral is not None
        and policy.deferral.after in course.last_days
        and current(policy, course) is None
        and not (row.was_deferred or row.proven_until or row.payment)
    )
