"""Properties of the rules: whatever day it is, what they promise comes true."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.customers.tables import CustomerKind, PackageKind
from portal.dunning.deferrals.facts import Facts
from portal.dunning.deferrals.refusals import NotPutOff, NotWarned, UsedRecently
from portal.dunning.deferrals.rules import longer, short
from portal.dunning.policies import policy_named
from portal.dunning.schedule import ONE_DAY, Course, ahead

POLICY = policy_named("mobile-2")
days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
ages = st.integers(0, 40)


def facts_on(today: date, due_on: date, **other: object) -> Facts:
    """An account whose bill fell due then and whose case was taken along by a run every night; nothing is barred."""
    course = Course(due_on - timedelta(days=15), due_on)
    for step, on in list(ahead(POLICY, course, due_on)):
        if on > today or step.suspension:
            break
        course = course.with_step(step, on).delivered(step, on)
    usual = Facts(
        customer=CustomerKind.PERSON,
        package=PackageKind.MOBILE,
        version="mobile-2",
        issued_on=course.issued_on,
        due_on=due_on,
        taken=json.dumps(dict(course.taken), default=date.isoformat),
        last_days=json.dumps(dict(course.last_days), default=date.isoformat),
        next_on=None,
        arrived=[],
        owed_cents=8_645,
        is_suspended=False,
        until=None,
        fee_cents=None,
        is_used=False,
        last_granted_on=None,
        paid_bills=4,
        payment=None,
        has_proof=False,
    )
    return replace(usual, **other)  # type: ignore[arg-type]


@given(days, ages)
def test_granted_it_always_runs_ten_days(today: date, age: int) -> None:
    possible = short(facts_on(today, today - timedelta(days=age + 1)), today)

    assert possible.is_possible is (age + 1 >= 3)
    assert possible.until == today + timedelta(days=10)


@given(days, ages, st.integers(0, 60))
def test_from_the_day_that_is_told_it_is_possible_and_not_before(today: date, age: int, granted_ago: int) -> None:
    due_on, used_on = today - timedelta(days=age + 1), today - timedelta(days=granted_ago)

    refusal = short(facts_on(today, due_on, last_granted_on=used_on), today).refusal

    if refusal is None:
        return
    assert isinstance(refusal, NotWarned | UsedRecently)
    assert refusal.from_on is not None
    assert refusal.from_on > today
    assert short(facts_on(refusal.from_on, due_on, last_granted_on=used_on), refusal.from_on).is_possible
    day_before = refusal.from_on - ONE_DAY
    assert not short(facts_on(day_before, due_on, last_granted_on=used_on), day_before).is_possible


@given(days, st.integers(0, 12))
def test_one_that_runs_holds_to_its_last_day_and_is_used_up_after_it(granted_on: date, later: int) -> None:
    today, until = granted_on + timedelta(days=later), granted_on + timedelta(days=10)
    facts = facts_on(today, granted_on - timedelta(days=4), until=until, is_used=True, last_granted_on=granted_on)

    refusal = short(facts, today).refusal

    assert isinstance(refusal, NotPutOff)
    assert refusal.reason == ("running" if today <= until else "used_in_this_case")


@given(days, ages)
def test_a_longer_one_is_agreed_on_from_tomorrow_to_the_policy_s_longest(today: date, age: int) -> None:
    agreement = longer(facts_on(today, today - timedelta(days=age + 1)), today)

    assert agreement.refusal is None
    assert (agreement.first, agreement.last) == (today + ONE_DAY, today + timedelta(days=60))


@given(days)
def test_it_follows_one_that_runs(today: date) -> None:
    until = today + timedelta(days=7)

    agreement = longer(facts_on(today, today - timedelta(days=5), until=until, is_used=True), today)

    assert agreement.first == until + ONE_DAY
