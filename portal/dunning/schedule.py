"""When a case moves: pure functions of a policy, the bill's days and what was done so far.

No step is taken on the day of the one before it, however late a run comes; a step that requires a notice waits until
the notice was delivered and its last day has passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from portal.dunning.policy import DUE, ISSUE, Avoidable, Fee, Policy, Step
from portal.dunning.working_days import working_day_from
from portal.money import Money

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Course:
    """What a case has behind it.

    `taken`: step → its day, in order; `last_days`: what was told → the last day to pay, there once it was delivered
    (the day of delivery itself where it gives no days). `next_on`: the day that the case has for its next step, which a
    hold or a person may have made later than the rules do.
    """

    issued_on: date
    due_on: date
    taken: Mapping[str, date] = field(default_factory=dict)
    last_days: Mapping[str, date] = field(default_factory=dict)
    next_on: date | None = None

    def with_step(self, step: Step, day: date) -> Course:
        """The step was taken on `day`; what it tells is on its way."""
        return replace(self, taken={**self.taken, step.name: day}, next_on=None)

    def delivered(self, step: Step, day: date) -> Course:
        return replace(self, last_days={**self.last_days, step.name: last_day(step, day)})


@dataclass(frozen=True, slots=True)
class Due:
    """The next step; `on` is None while a notice before it was not delivered."""

    step: Step
    on: date | None


def last_day(step: Step, delivered_on: date) -> date:
    """Until when a notice gives time to pay."""
    ends_on = delivered_on + timedelta(days=step.gives_days or 0)
    return working_day_from(ends_on) if step.ends_on_working_day else ends_on


def next_step(policy: Policy, course: Course) -> Due | None:
    """The first step that was not taken; None after the last."""
    following = next((step for step in policy.steps if step.name not in course.taken), None)
    return Due(following, day_of(policy, following, course)) if following else None


def day_of(policy: Policy, step: Step, course: Course) -> date | None:
    base = base_of(policy, step, course)
    if base is None or (step.requires and step.requires not in course.last_days):
        return None
    bounds = [step.at.day(base)]
    if course.taken:
        bounds.append(max(course.taken.values()) + timedelta(days=step.apart))
    if step.requires:
        bounds.append(course.last_days[step.requires] + ONE_DAY)
    if step.bars:
        bounds.extend(day + ONE_DAY for day in promised(policy, course))
    return max(bounds)


def promised(policy: Policy, course: Course) -> Iterator[date]:
    """The last day to pay that each notice named, also one whose arrival nothing waits for: no bar comes before."""
    for name, taken_on in course.taken.items():
        if (step := policy.step(name)).gives_days:
            yield course.last_days.get(name) or last_day(step, taken_on)


def base_of(policy: Policy, step: Step, course: Course) -> date | None:
    """The day that a step's days are counted from; None while a notice was not delivered."""
    if step.at.after == ISSUE:
        return course.issued_on
    if step.at.after == DUE:
        return course.due_on
    before = policy.step(step.at.after)
    return course.last_days.get(before.name) if before.gives_days else course.taken.get(before.name)


def ahead(policy: Policy, course: Course, today: date) -> Iterator[tuple[Step, date]]:
    """What comes if nothing is paid: each step on its day, never on a day that has passed or before the case's own.

    What was told and not delivered yet counts as delivered today, what will be told on the day it is.
    """
    for name in course.taken:
        if name not in course.last_days:
            course = course.delivered(policy.step(name), today)
    while (due := next_step(policy, course)) is not None:
        assert due.on is not None, "all is delivered here"
        on = max(due.on, today, course.next_on or today)
        yield due.step, on
        course = course.with_step(due.step, on).delivered(due.step, on)


def current(policy: Policy, course: Course) -> Step | None:
    """The last suspension that was taken."""
    return next((step for step in reversed(policy.suspensions) if step.name in course.taken), None)


def avoidable(policy: Policy, course: Course, today: date, resumes_on: date | None = None) -> Avoidable | None:
    """What the next dearer bar adds to the cost of a reconnection, and the last day to avoid it; None: nothing more.

    `resumes_on`: the day after what holds the ladder, where something does.
    """
    last = current(policy, course)
    for step, on in ahead(policy, course, resumes_on or today):
        if added := added_fees(policy, step, last):
            return Avoidable(Money.sum(fee.amount for fee in added), on - ONE_DAY) if on > today else None
        last = step if step.suspension else last
    return None


def added_fees(policy: Policy, step: Step, last: Step | None) -> tuple[Fee, ...]:
    """What a reconnection costs more from a step on. `last`: the suspension taken before it."""
    before = last.fees if last else ()
    return tuple(fee for fee in policy.fees_of(step) if fee.kind not in before)
