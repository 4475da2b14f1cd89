"""Cases as rows, at any step of a policy, for stories that begin in the middle of the ladder.

`await a_case(bojan, "outgoing")` is Bojan on the day his outgoing services went off: the bill, the case, its events,
the notices, the suspension and whatever else the steps up to there leave behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from portal.billing.tables import Bill, Charge, ChargeKind
from portal.dunning.case_tables import CaseEvent, DunningCase, Happened, Notice, Outcome
from portal.dunning.endings.tables import Handover, Termination
from portal.dunning.policies import policy_named
from portal.dunning.policy import Policy, Step
from portal.dunning.relief_tables import AskedBy, Deferral, DeferralKind, Proof, ProofState
from portal.dunning.schedule import Course, ahead, last_day, next_step
from portal.dunning.tables import Suspension
from portal.payments.tables import AttemptState, PaymentAttempt
from tests.people import TODAY, Person, saved

DUE_AFTER = timedelta(days=18)
LONGEST = 400
BY = "a story"


@dataclass(frozen=True)
class Walk:
    """The days on which a bill issued then would be taken through a policy, each notice delivered at once."""

    policy: Policy
    issued_on: date
    days: dict[str, date]

    @property
    def due_on(self) -> date:
        return self.issued_on + DUE_AFTER

    def up_to(self, step: str) -> Iterator[tuple[Step, date]]:
        for name, day in self.days.items():
            yield self.policy.step(name), day
            if name == step:
                return


async def a_case(
    person: Person,
    step: str = "outgoing",
    *,
    today: date = TODAY,
    days_ago: int = 0,
    policy: str = "mobile-2",
    cents: int = 8_645,
    delivered: bool = True,
) -> DunningCase:
    """The account took `step` so many days ago. Not `delivered`: what that step told has not arrived yet."""
    walk = walk_to(policy_named(policy), step, today - timedelta(days=days_ago))
    taken = list(walk.up_to(step))
    bill = await person.bill(cents, due=walk.due_on, issued=walk.issued_on)
    told = [(made, day) for made, day in taken if made.tells and (delivered or made.name != step)]
    course = Course(
        walk.issued_on,
        walk.due_on,
        {made.name: day for made, day in taken},
        {made.name: last_day(made, day) for made, day in told},
    )
    case = await saved(case_of(person, bill, walk.policy, course))
    await happened(case, Happened.OPENED, walk.due_on + timedelta(days=1), cents)
    for made, day in taken:
        await took(person, case, made, day, cents, is_delivered=(made, day) in told)
    await leave_behind(person, case, walk.policy, course, cents)
    return case


def walk_to(policy: Policy, step: str, day: date) -> Walk:
    """Of the youngest bill that got to the step by that day: on it, where days off and of the month allow."""
    for age in range(LONGEST):
        issued_on = day - timedelta(days=age)
        course = Course(issued_on, issued_on + DUE_AFTER)
        days = {made.name: on for made, on in ahead(policy, course, issued_on)}
        if days[step] <= day:
            return Walk(policy, issued_on, days)
    raise AssertionError(f"{policy.version} takes {step} after more than {LONGEST} days")


def case_of(person: Person, bill: Bill, policy: Policy, course: Course) -> DunningCase:
    following = next_step(policy, course)
    return DunningCase(
        account=person.account.id,
        policy=policy.version,
        bill=bill.id,
        issued_on=course.issued_on,
        due_on=course.due_on,
        taken=json.dumps({name: str(day) for name, day in course.taken.items()}),
        last_days=json.dumps({name: str(day) for name, day in course.last_days.items()}),
        next_step=following.step.name if following else None,
        next_on=following.on if following else None,
        opened_on=course.due_on + timedelta(days=1),
    )


async def took(person: Person, case: DunningCase, step: Step, day: date, cents: int, *, is_delivered: bool) -> None:
    await happened(case, Happened.STEP, day, cents, step=step.name, outcome=Outcome.DONE)
    if not step.tells:
        return
    until = last_day(step, day)
    await saved(
        Notice(
            account=person.account.id,
            bill=case.bill,
            dunning_case=case.id,
            policy=case.policy,
            step=step.name,
            at=noon(day),
            gives_days=step.gives_days or 0,
            last_day=until,
            delivered_on=day if is_delivered else None,
        )
    )
    if is_delivered:
        await happened(case, Happened.DELIVERED, day, cents, step=step.name, until=until)


async def leave_behind(person: Person, case: DunningCase, policy: Policy, course: Course, cents: int) -> None:
    """What the taken steps did beside telling: the suspension, the end of the contract, the handovers."""
    barring = [step for step in policy.suspensions if step.name in course.taken]
    if barring:
        await saved(a_suspension(person, case, barring[-1], course.taken[barring[0].name]))
    for step in policy.steps:
        if step.name not in course.taken:
            continue
        day = course.taken[step.name]
        about: dict[str, Any] = {"account": person.account.id, "dunning_case": case.id, "at": noon(day), **WHY}
        if step.terminates:
            await saved(Termination(ended_on=day, **about))
        if step.hands_over_to:
            await saved(Handover(to=step.hands_over_to, cents=cents, **about))


def a_suspension(person: Person, case: DunningCase, step: Step, since: date) -> Suspension:
    return Suspension(
        account=person.account.id,
        bill=case.bill,
        dunning_case=case.id,
        policy=case.policy,
        step=step.suspension,
        started_at=noon(since),
        **WHY,
    )


WHY: dict[str, Any] = {"reason": "unpaid bill", "decided_by": BY}


async def happened(
    case: DunningCase,
    kind: Happened,
    day: date,
    overdue: int = 8_645,
    *,
    step: str | None = None,
    cents: int | None = None,
    until: date | None = None,
    outcome: Outcome | None = None,
    reason: str = "unpaid bill",
) -> CaseEvent:
    """A line of the case's timeline."""
    return await saved(
        CaseEvent(
            dunning_case=case.id,
            kind=kind,
            step=step,
            on_day=day,
            at=noon(day),
            overdue_cents=overdue,
            cents=cents,
            until=until,
            reason=reason,
            decided_by=BY,
            outcome=outcome,
        )
    )


def noon(day: date) -> datetime:
    return datetime.combine(day, time(11), UTC)


async def a_suspension_before_cases(person: Person, *, rank: int, issued: date, since: date = TODAY) -> Suspension:
    """Suspended when cases were not kept yet."""
    bill = await person.bill(8_645, due=issued + DUE_AFTER, issued=issued)
    return await saved(
        Suspension(account=person.account.id, bill=bill.id, policy="mobile-2", step=rank, started_at=noon(since), **WHY)
    )


async def a_notice_before_cases(person: Person, *, last_day: date, policy: str = "mobile-2") -> Notice:
    """Warned three days ahead when cases were not kept yet."""
    bill = await person.bill(8_645, due=last_day - timedelta(days=10))
    told = last_day - timedelta(days=3)
    return await saved(
        Notice(
            account=person.account.id, bill=bill.id, policy=policy, at=noon(told), last_day=last_day, delivered_on=told
        )
    )


async def a_deferral(
    person: Person,
    case: DunningCase,
    *,
    until: date,
    kind: DeferralKind = DeferralKind.SHORT,
    granted: date = TODAY,
    ended: date | None = None,
) -> Deferral:
    return await saved(
        Deferral(
            account=person.account.id,
            dunning_case=case.id,
            kind=kind,
            asked_by=AskedBy.PORTAL,
            until=until,
            granted_at=noon(granted),
            ended_at=noon(ended) if ended else None,
            **WHY,
        )
    )


async def a_proof(person: Person, case: DunningCase | None = None, *, holds_until: date | None = None) -> Proof:
    """Waiting, or accepted until a day."""
    return await saved(
        Proof(
            account=person.account.id,
            dunning_case=case.id if case else None,
            name="potrdilo.pdf",
            media_type="application/pdf",
            size=1_000,
            sha256=uuid4().hex * 2,
            sent_at=noon(TODAY),
            state=ProofState.ACCEPTED if holds_until else ProofState.WAITING,
            holds_until=holds_until,
        )
    )


async def a_charge(person: Person, occasion: UUID, kind: ChargeKind, cents: int, *, waived: bool = False) -> Charge:
    return await saved(
        Charge(
            account=person.account.id,
            kind=kind,
            amount_cents=cents,
            policy="mobile-2",
            occasion=occasion,
            incurred_on=TODAY,
            waived_at=noon(TODAY) if waived else None,
            waived_by=BY if waived else None,
            waived_because="a kindness" if waived else None,
        )
    )


async def a_payment_under_way(
    person: Person, cents: int = 8_645, *, state: AttemptState = AttemptState.PENDING
) -> PaymentAttempt:
    """By direct debit: the customer's bank has not answered yet. Held: it did, with another amount."""
    return await saved(
        PaymentAttempt(
            account=person.account.id,
            bill_set="0" * 64,
            amount_cents=cents,
            state=state,
            created_at=noon(TODAY),
            updated_at=noon(TODAY),
        )
    )
