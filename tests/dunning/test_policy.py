"""Policies say what the source says, and a file that says anything odd is refused."""

from __future__ import annotations

import copy
import tomllib
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from portal.customers.tables import LineKind, PackageKind
from portal.dunning.policy import FOLDER, Avoidable, Policy, policies, policy_for, read
from portal.money import Money
from portal.network.tables import ALL_BARRED, OUTGOING_BARRED

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("kind", "fees"),
    [
        (PackageKind.MOBILE, {1: "7.99", 2: "28.97", 3: "63.96"}),
        (PackageKind.FLEX, {1: "7.99", 2: "28.97", 3: "63.96"}),
        (PackageKind.KOMBO, {2: "28.97"}),
        (PackageKind.LEGACY_FIXED, {1: "15.00"}),
    ],
)
def test_reconnection_costs_what_the_source_says(kind: PackageKind, fees: dict[int, str]) -> None:
    policy = policy_for(kind)

    assert {step.number: policy.fee_at(step.number).plain for step in policy.steps} == fees


def test_each_step_adds_its_fee() -> None:
    policy = policy_for(PackageKind.MOBILE)

    assert [policy.added_by(step).plain for step in policy.steps] == ["7.99", "20.98", "34.99"]


def test_mobile_lines_keep_incoming_calls_until_the_third_step() -> None:
    policy = policy_for(PackageKind.MOBILE)

    bars = [step.bars[LineKind.MOBILE] for step in policy.steps]

    assert bars == [OUTGOING_BARRED, OUTGOING_BARRED, ALL_BARRED]


def test_only_mobile_lines_go_off_at_the_first_step() -> None:
    assert set(policy_for(PackageKind.MOBILE).step(1).bars) == {LineKind.MOBILE}


def test_who_has_no_mobile_package_is_not_warned_by_sms() -> None:
    assert policy_for(PackageKind.KOMBO).pre_suspension_days is None
    assert policy_for(PackageKind.MOBILE).pre_suspension_days == 3


def test_a_suspension_finds_the_policy_it_began_on() -> None:
    assert all(Policy.named(version) is policy for version, policy in policies().items())


@given(days)
def test_the_second_step_comes_when_the_bill_has_stood_for_28_days(issued_on: date) -> None:
    second, third = policy_for(PackageKind.MOBILE).steps[1:]

    assert second.day(issued_on) == issued_on + timedelta(days=28)
    assert third.day(issued_on) == issued_on + timedelta(days=49)


@given(days, st.integers(0, 60))
def test_the_fee_is_avoidable_up_to_the_day_before_the_step(issued_on: date, age: int) -> None:
    today = issued_on + timedelta(days=age)

    found = policy_for(PackageKind.MOBILE).avoidable_at(1, issued_on, today)

    if age < 28:
        assert found == Avoidable(Money(2098), issued_on + timedelta(days=27))
        assert found.last_day >= today
    else:
        assert found is None


def test_the_last_day_across_a_leap_february() -> None:
    found = policy_for(PackageKind.MOBILE).avoidable_at(1, date(2028, 2, 2), date(2028, 2, 29))

    assert found == Avoidable(Money(2098), date(2028, 2, 29))


def test_after_the_last_step_nothing_can_be_avoided() -> None:
    assert policy_for(PackageKind.MOBILE).avoidable_at(3, date(2026, 11, 1), date(2026, 11, 1)) is None


@pytest.mark.parametrize(
    ("kind", "number", "ends_on"),
    [
        (PackageKind.MOBILE, 2, None),
        (PackageKind.MOBILE, 3, date(2026, 12, 31)),
        (PackageKind.KOMBO, 2, date(2026, 12, 21)),
        (PackageKind.LEGACY_FIXED, 1, None),
    ],
)
def test_after_the_last_step_the_contract_ends(kind: PackageKind, number: int, ends_on: date | None) -> None:
    issued_on = date(2026, 10, 13)

    assert policy_for(kind).termination_at(number, issued_on, since=date(2026, 11, 21)) == ends_on


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
    assert policy_for(PackageKind.MOBILE).step(2).day(issued_on) == second


MOBILE = tomllib.loads((FOLDER / "mobile-1.toml").read_text())


def changed(path: str, value: Any) -> dict[str, Any]:
    """The mobile policy with one thing changed: `steps.0.days`; None takes it out."""
    policy = copy.deepcopy(MOBILE)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = policy
    for part in way:
        place = place[part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return policy


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("fees.reconnection", 7.99),
        ("fees.reconnection", 799),
        ("fees.reconnection", "0.00"),
        ("fees.reconnection", "-7.99"),
        ("fees.reconnection", "7.999"),
        ("fees.reconnection", None),
        ("fees.surprise", "1.00"),
        ("colour", "green"),
        ("steps.0.colour", "green"),
        ("steps.1.number", 1),
        ("steps.0.number", 3),
        ("steps.0.number", 4),
        ("steps.0.number", "1"),
        ("steps.0.days", 28),
        ("steps.1.days", None),
        ("steps.1.days", 0),
        ("steps.1.days", 49),
        ("steps.1.days", 28.0),
        ("steps.0.after", "lunch"),
        ("steps.0.told_by", "pigeon"),
        ("steps.0.told_by", None),
        ("steps.0.bars", {}),
        ("steps.0.bars", {"mobile": "everything"}),
        ("steps.0.bars", {"balcony": "all"}),
        ("steps.0.fees", []),
        ("steps.0.fees", ["reconnection", "reconnection"]),
        ("steps", []),
        ("packages", []),
        ("packages", ["balcony"]),
        ("help_numbers", []),
        ("pre_suspension_days", "3"),
        ("termination_days", -30),
        ("termination_days", None),
        ("steps.1.fees", ["final_suspension", "reconnection"]),
    ],
)
def test_what_is_odd_is_refused(path: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        read("mobile-1", changed(path, value))


def test_a_file_is_called_as_it_calls_itself() -> None:
    with pytest.raises(ValueError, match="calls itself mobile-1"):
        read("mobile-2", MOBILE)


def test_unchanged_it_is_read() -> None:
    assert read("mobile-1", MOBILE).fee_at(1) == Money(799)
