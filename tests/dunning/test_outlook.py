"""The steps to come as a customer meets them, whatever the policy, the day and the lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.customers.tables import LineKind
from portal.dunning import schedule
from portal.dunning.policies import policies, policy_named
from portal.dunning.policy import Policy
from portal.dunning.schedule import ONE_DAY, Course
from portal.dunning.view.outlook import Bars, Connected, Rung, outlook
from portal.money import Money

ISSUED = date(2026, 11, 2)
DUE = ISSUED + timedelta(days=18)
MOBILE, FIXED = frozenset({LineKind.MOBILE}), frozenset({LineKind.FIXED})
BOTH = MOBILE | FIXED

days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
any_policy = st.sampled_from(sorted(policies())).map(policy_named)


def after(policy: Policy, issued_on: date, steps: int) -> tuple[Course, date]:
    """The course after so many steps, each on its day and delivered, and the day of the last."""
    course, day = Course(issued_on, issued_on + timedelta(days=18)), issued_on
    for step, day in list(schedule.ahead(policy, course, issued_on))[:steps]:
        course = course.with_step(step, day).delivered(step, day)
    return course, day


@settings(deadline=None)  # the first asks for the days off of each year
@given(any_policy, days, st.integers(0, 9), st.integers(0, 60))
def test_no_step_is_on_a_day_that_has_passed_and_each_is_later_than_the_one_before(
    policy: Policy, issued_on: date, steps: int, later: int
) -> None:
    course, day = after(policy, issued_on, steps)
    today = day + timedelta(days=later)
    barred = schedule.current(policy, course) is not None

    on = [move.on for move in outlook(policy, course, Connected(BOTH, barred), today)]

    assert all(day >= today for day in on)
    assert on == sorted(set(on))


@settings(deadline=None)
@given(any_policy, days, st.integers(0, 9), st.integers(0, 60))
def test_the_fee_to_avoid_is_that_of_the_first_move_that_has_one(
    policy: Policy, issued_on: date, steps: int, held: int
) -> None:
    course, today = after(policy, issued_on, steps)
    resumes_on = today + timedelta(days=held)
    barred = schedule.current(policy, course) is not None

    dearer = [move for move in outlook(policy, course, Connected(BOTH, barred), resumes_on) if move.fees]

    found = schedule.avoidable(policy, course, today, resumes_on)
    if dearer and dearer[0].on > today:
        assert found is not None
        assert (found.fee, found.last_day) == (Money.sum(fee.amount for fee in dearer[0].fees), dearer[0].on - ONE_DAY)
    else:
        assert found is None


@settings(deadline=None)
@given(any_policy, days, st.integers(1, 9), st.integers(1, 60))
def test_a_step_that_a_hold_took_back_comes_on_the_day_that_the_case_has(
    policy: Policy, issued_on: date, steps: int, later: int
) -> None:
    course, today = after(policy, issued_on, min(steps, len(policy.steps)) - 1)
    usual = next(schedule.ahead(policy, course, today), None)
    assert usual is not None
    taken_back = replace(course, next_on=usual[1] + timedelta(days=later))

    first, *following = schedule.ahead(policy, taken_back, today)

    assert first == (usual[0], taken_back.next_on)
    assert all(on > first[1] for _, on in following)


@settings(deadline=None)
@given(any_policy, days, st.integers(1, 60))
def test_nothing_comes_before_the_hold_is_over(policy: Policy, issued_on: date, held: int) -> None:
    course, day = after(policy, issued_on, 2)
    resumes_on = day + timedelta(days=held)
    barred = schedule.current(policy, course) is not None

    moves = outlook(policy, course, Connected(BOTH, barred), resumes_on)

    assert min(move.on for move in moves) >= resumes_on


def test_the_whole_way_of_a_mobile_customer() -> None:
    moves = list(outlook(policy_named("mobile-2"), Course(ISSUED, DUE), Connected(MOBILE, False), ISSUED))

    assert [
        (move.rung, move.bars, (move.on - ISSUED).days, Money.sum(fee.amount for fee in move.fees).plain)
        for move in moves
    ] == [
        (Rung.REMINDER, Bars.NOTHING, 19, "0.00"),
        (Rung.NOTICE, Bars.NOTHING, 21, "0.00"),
        (Rung.SUSPENSION, Bars.OUTGOING, 25, "7.99"),
        (Rung.STEP, Bars.NOTHING, 28, "20.98"),
        (Rung.STEP, Bars.INCOMING, 49, "34.99"),
        (Rung.TERMINATION, Bars.NOTHING, 79, "0.00"),
        (Rung.DEMAND, Bars.NOTHING, 80, "0.00"),
        (Rung.AGENCY, Bars.NOTHING, 96, "0.00"),
        (Rung.ENFORCEMENT, Bars.NOTHING, 186, "0.00"),
    ]


@pytest.mark.parametrize(
    ("kinds", "bars"),
    [
        (MOBILE, [Bars.OUTGOING, Bars.NOTHING, Bars.INCOMING]),
        (BOTH, [Bars.OUTGOING, Bars.FIXED, Bars.INCOMING]),
        (FIXED, [Bars.NOTHING, Bars.ALL, Bars.NOTHING]),
    ],
    ids=["mobile", "both", "fixed"],
)
def test_what_each_suspension_bars_is_said_of_the_lines_there_are(kinds: frozenset[LineKind], bars: list[Bars]) -> None:
    moves = outlook(policy_named("mobile-2"), Course(ISSUED, DUE), Connected(kinds, False), ISSUED)

    assert [move.bars for move in moves if move.rung in (Rung.SUSPENSION, Rung.STEP)] == bars


def test_the_sms_before_a_suspension_is_promised_only_where_there_is_a_mobile_line() -> None:
    for kinds, told in ((FIXED, False), (BOTH, True)):
        moves = outlook(policy_named("kombo-2"), Course(ISSUED, DUE), Connected(kinds, False), ISSUED)
        assert (Rung.NOTICE in [move.rung for move in moves]) is told


def test_who_is_connected_on_a_proof_loses_the_services_again_when_it_lapses() -> None:
    policy = policy_named("mobile-2")
    course, day = after(policy, ISSUED, 3)
    resumes_on = day + timedelta(days=10)

    first, second, *_ = outlook(policy, course, Connected(MOBILE, False), resumes_on)

    assert (first.rung, first.bars, first.on, first.fees) == (Rung.SUSPENSION, Bars.OUTGOING, resumes_on, ())
    assert second.rung == Rung.STEP
