"""When a case moves, day by day, as the source tells it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.customers.tables import CustomerKind, PackageKind
from portal.dunning.policies import policies, policy_for
from portal.dunning.policy import Policy, Step
from portal.dunning.schedule import Course, ahead, avoidable, next_step

ONE_DAY = timedelta(days=1)
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def of_person(package: PackageKind) -> Policy:
    return policy_for(package, CustomerKind.PERSON, date(2026, 11, 1))


def course(package: PackageKind, issued_on: date, due_in: int = 15) -> dict[str, date]:
    """Step → day for somebody who never pays."""
    begun = Course(issued_on, issued_on + timedelta(days=due_in))
    return {step.name: on for step, on in ahead(of_person(package), begun, begun.due_on + ONE_DAY)}


def test_the_whole_ladder_of_a_mobile_customer() -> None:
    assert course(PackageKind.MOBILE, date(2026, 11, 2)) == {
        "reminder": date(2026, 11, 18),
        "notice": date(2026, 11, 20),
        "outgoing": date(2026, 11, 24),
        "outgoing_and_fixed": date(2026, 11, 30),
        "incoming": date(2026, 12, 21),
        "termination": date(2027, 1, 20),
        "final_demand": date(2027, 1, 21),
        "agency": date(2027, 2, 6),
        "enforcement": date(2027, 5, 7),
    }


def test_flex_goes_the_same_way() -> None:
    assert course(PackageKind.FLEX, date(2026, 11, 2)) == course(PackageKind.MOBILE, date(2026, 11, 2))


def test_the_ladder_of_a_fixed_customer() -> None:
    found = course(PackageKind.KOMBO, date(2026, 11, 2))

    assert found["all"] == date(2026, 11, 30)
    assert found["termination"] == found["all"] + timedelta(days=30)
    assert found["final_demand"] == found["termination"] + ONE_DAY


def test_legacy_fixed_is_reminded_thirty_days_after_the_due_day_and_again_past_the_tenth() -> None:
    found = course(PackageKind.LEGACY_FIXED, date(2026, 10, 31))

    assert found["first_reminder"] == date(2026, 11, 15) + timedelta(days=30)
    assert found["second_reminder"] == date(2027, 1, 11), "eight days after 15 December, then past the tenth"
    assert found["all"] == date(2027, 1, 20), "the day after eight more"


@pytest.mark.parametrize(
    ("last_day", "second"),
    [
        (date(2026, 12, 9), date(2026, 12, 11)),
        (date(2026, 12, 10), date(2026, 12, 11)),
        (date(2026, 12, 11), date(2027, 1, 11)),
        (date(2028, 2, 29), date(2028, 3, 11)),
    ],
)
def test_past_the_tenth_of_the_month(last_day: date, second: date) -> None:
    policy = of_person(PackageKind.LEGACY_FIXED)
    reminded = Course(date(2026, 1, 1), date(2026, 1, 16), {"first_reminder": last_day - timedelta(days=8)})

    due = next_step(policy, Course(reminded.issued_on, reminded.due_on, reminded.taken, {"first_reminder": last_day}))

    assert due is not None
    assert (due.step.name, due.on) == ("second_reminder", second)


@pytest.mark.parametrize(
    ("issued_on", "second"),
    [
        (date(2026, 12, 10), date(2027, 1, 7)),
        (date(2028, 2, 1), date(2028, 2, 29)),
        (date(2027, 2, 1), date(2027, 3, 1)),
        (date(2026, 3, 1), date(2026, 3, 29)),
        (date(2026, 9, 27), date(2026, 10, 25)),
    ],
    ids=["year end", "leap day", "no leap day", "clocks go forward", "clocks go back"],
)
def test_days_are_calendar_days(issued_on: date, second: date) -> None:
    assert course(PackageKind.MOBILE, issued_on)["outgoing_and_fixed"] == second


def test_an_undelivered_notice_holds_the_ladder() -> None:
    policy = of_person(PackageKind.MOBILE)
    told = Course(date(2026, 11, 2), date(2026, 11, 17), {"reminder": date(2026, 11, 18), "notice": date(2026, 11, 22)})

    due = next_step(policy, told)

    assert due is not None
    assert (due.step.name, due.on) == ("outgoing", None)


def test_the_fee_that_payment_avoids_and_its_last_day() -> None:
    policy = of_person(PackageKind.MOBILE)
    taken = {"reminder": date(2026, 11, 18), "notice": date(2026, 11, 22), "outgoing": date(2026, 11, 26)}
    off = Course(date(2026, 11, 2), date(2026, 11, 17), taken, {"notice": date(2026, 11, 25)})

    found = avoidable(policy, off, date(2026, 11, 28))

    assert found is not None
    assert (found.fee.plain, found.last_day) == ("20.98", date(2026, 11, 29))
    assert avoidable(policy, off, date(2026, 11, 30)) is None, "the fee falls due today"


def nights(policy: Policy, issued_on: date, runs: list[int]) -> Iterator[tuple[Step, date, Course]]:
    """Runs on some days only, each taking at most one step; a notice is delivered the day it is sent."""
    course, today = Course(issued_on, issued_on + timedelta(days=15)), issued_on + timedelta(days=16)
    for wait in runs:
        due = next_step(policy, course)
        if due is not None and due.on is not None and due.on <= today:
            yield due.step, today, course
            course = course.with_step(due.step, today).delivered(due.step, today)
        today += timedelta(days=wait)


@given(st.sampled_from(sorted(policies())), days, st.lists(st.integers(1, 60), max_size=60))
def test_however_rarely_the_run_comes_nobody_is_barred_before_a_notice_has_run_out(
    version: str, issued_on: date, runs: list[int]
) -> None:
    before = date.min
    for step, today, course in nights(policies()[version], issued_on, runs):
        assert today > before, "two steps on one day"
        assert before == date.min or (today - before).days >= step.apart
        if step.bars:
            assert step.requires is not None
            assert course.last_days[step.requires] < today
        before = today


@given(st.sampled_from(sorted(policies())), days)
def test_every_policy_comes_to_its_end(version: str, issued_on: date) -> None:
    policy = policies()[version]
    begun = Course(issued_on, issued_on + timedelta(days=15))

    found = list(ahead(policy, begun, begun.due_on))

    assert [step for step, _ in found] == list(policy.steps)
    assert [on for _, on in found] == sorted({on for _, on in found})


@given(days, st.integers(0, 90))
def test_the_fee_is_avoidable_up_to_the_day_before_the_step(issued_on: date, wait: int) -> None:
    policy = of_person(PackageKind.MOBILE)
    off = Course(issued_on, issued_on + timedelta(days=15))
    for name, age in (("reminder", 16), ("notice", 18), ("outgoing", 22)):
        off = off.with_step(policy.step(name), issued_on + timedelta(days=age))
        off = off.delivered(policy.step(name), issued_on + timedelta(days=age))
    today = issued_on + timedelta(days=22 + wait)

    found = avoidable(policy, off, today)

    if wait < 6:
        assert found is not None
        assert (found.fee.plain, found.last_day) == ("20.98", issued_on + timedelta(days=27))
    else:
        assert found is None
