"""Whether a suspension can be put off, exactly why not, and from when it will be possible. Pure functions.

Source: izklop-storitev.txt, III. The numbers are the policy's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from portal.customers.tables import CustomerKind
from portal.dunning.deferrals.facts import Facts
from portal.dunning.deferrals.refusals import (
    AlreadyRuns,
    ContractEnded,
    NaturalPersonsOnly,
    NewCustomer,
    NothingOverdue,
    NotOffered,
    NotPutOff,
    NotWarned,
    PaymentUnderWay,
    TooLate,
    UsedInThisCase,
    UsedRecently,
)
from portal.dunning.policy import DeferralTerms, Policy
from portal.dunning.schedule import ONE_DAY, ahead, current
from portal.money import Money


@dataclass(frozen=True, slots=True)
class Possibility:
    """What asking would bring today. `until`, `fee`, `days`: None where the policy has no terms.

    `refusal`: why not; None: it is possible. `pay_by`: the last day before services go off if nothing is done.
    """

    refusal: NotPutOff | None
    until: date | None = None
    fee: Money | None = None
    days: int | None = None
    pay_by: date | None = None

    @property
    def is_possible(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The days within which a longer deferral can be agreed on with an adviser; `refusal`: why none can."""

    refusal: NotPutOff | None
    first: date
    last: date


def short(facts: Facts, today: date) -> Possibility:
    policy = facts.policy(today)
    refusal = (
        common_refusal(facts) or running(facts, today) or ended(facts, policy) or own_refusal(facts, policy, today)
    )
    if policy is None or policy.deferral is None:
        return Possibility(refusal)
    terms = policy.deferral
    until = today + timedelta(days=terms.days)
    return Possibility(refusal, until, policy.fees[terms.fee], terms.days, pay_by(facts, policy, today))


def longer(facts: Facts, today: date) -> Agreement:
    """A running one may be followed by a longer one."""
    policy = facts.policy(today)
    most = policy.longest_agreed_days if policy else None
    refusal = common_refusal(facts) or ended(facts, policy) or (NotOffered() if most is None else no_case(facts))
    first = facts.until + ONE_DAY if facts.until and facts.until >= today else today + ONE_DAY
    return Agreement(refusal, first, today + timedelta(days=most or 0))


def common_refusal(facts: Facts) -> NotPutOff | None:
    """What stands against any deferral."""
    if not facts.owed_cents:
        return NothingOverdue()
    if facts.customer != CustomerKind.PERSON:
        return NaturalPersonsOnly()
    if facts.payment or facts.has_proof:
        return PaymentUnderWay(facts.payment)
    return None


def running(facts: Facts, today: date) -> AlreadyRuns | None:
    if facts.until is None or facts.until < today:
        return None
    return AlreadyRuns(facts.until, Money(facts.fee_cents) if facts.fee_cents is not None else None)


def own_refusal(facts: Facts, policy: Policy | None, today: date) -> NotPutOff | None:
    """What stands against the short one: first what does not pass with time."""
    if policy is None or policy.deferral is None:
        return NotOffered()
    terms = policy.deferral
    if facts.is_suspended:
        return TooLate()
    if facts.is_used:
        return UsedInThisCase()
    if facts.paid_bills < terms.paid_bills:
        return NewCustomer(terms.paid_bills, terms.paid_bills - facts.paid_bills)
    return what_passes(facts, policy, terms, today)


def what_passes(facts: Facts, policy: Policy, terms: DeferralTerms, today: date) -> NotPutOff | None:
    """Of two things that pass, the one that passes last: only from then on is it possible."""
    warned_on, free_on = notice_day(facts, policy, terms, today), again_on(facts, terms)
    if free_on is not None and free_on > today and (warned_on or today) <= free_on:
        return UsedRecently(free_on)
    return None if facts.has_arrived(terms.after) else NotWarned(warned_on)


def notice_day(facts: Facts, policy: Policy, terms: DeferralTerms, today: date) -> date | None:
    """When the notice is to go out; None when it has."""
    if facts.course is None or terms.after in facts.course.taken:
        return None
    return next(on for step, on in ahead(policy, facts.course, today) if step.name == terms.after)


def again_on(facts: Facts, terms: DeferralTerms) -> date | None:
    """The first day after which the last deferral no longer counts."""
    used_on = facts.last_granted_on
    return used_on + timedelta(days=terms.not_within_days) if used_on else None


def pay_by(facts: Facts, policy: Policy, today: date) -> date | None:
    """None once the first bar was reached, or while nothing is overdue."""
    if facts.course is None or facts.is_suspended or current(policy, facts.course):
        return None
    bar = next((on for step, on in ahead(policy, facts.course, today) if step.suspension), None)
    return bar - ONE_DAY if bar and bar > today else None


def no_case(facts: Facts) -> NotWarned | None:
    """Before it begins nothing can be agreed on."""
    return NotWarned() if facts.version is None or facts.course is None else None


def ended(facts: Facts, policy: Policy | None) -> ContractEnded | None:
    last = policy.termination if policy else None
    return ContractEnded() if last and facts.course and last.name in facts.course.taken else None
