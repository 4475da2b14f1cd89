"""The benefit to give back: the part for the days that are left, never more than was received."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from portal.customers.tables import Contract
from portal.dunning.endings.benefit import benefit_back
from portal.money import ZERO, Money

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
CENTS = st.integers(0, 10_000_000)
SOME = UUID(int=1)


def a_contract(since: date, until: date | None, cents: int) -> Contract:
    contract = Contract(number="P000123", account=SOME, package=SOME, concluded_on=since, benefit_cents=cents)
    contract.committed_until = until
    return contract


def back(contract: Contract, ended_on: date) -> Money:
    return Money.sum(line.back for line in benefit_back([contract], ended_on))


def test_it_is_shown_how_it_comes_about() -> None:
    contract = a_contract(date(2026, 1, 1), date(2028, 1, 1), 30_000)

    [line] = benefit_back([contract], date(2027, 2, 23))

    assert (line.contract, line.received, line.bound_days, line.days_left) == ("P000123", Money(30_000), 730, 312)
    assert line.back == Money(12_821)


def test_after_an_extension_it_is_reckoned_from_where_the_new_commitment_began() -> None:
    contract = a_contract(date(2020, 1, 1), date(2028, 1, 1), 30_000)
    contract.committed_since = date(2026, 1, 1)

    assert back(contract, date(2025, 11, 1)) == Money(30_000)
    assert back(contract, date(2027, 2, 23)) == Money(12_821)


def test_cents_are_rounded_down() -> None:
    assert back(a_contract(date(2026, 1, 1), date(2026, 1, 4), 100), date(2026, 1, 2)) == Money(66)


def test_a_leap_day_is_a_day() -> None:
    assert back(a_contract(date(2028, 2, 28), date(2028, 3, 1), 200), date(2028, 2, 29)) == Money(100)


def test_each_contract_has_its_line_and_who_is_not_bound_has_none() -> None:
    today = date(2026, 11, 21)
    contracts = [
        a_contract(date(2026, 1, 1), date(2027, 1, 1), 1_000),
        a_contract(date(2020, 1, 1), None, 1_000),
        a_contract(date(2026, 1, 1), date(2027, 1, 1), 0),
        a_contract(date(2024, 1, 1), today, 1_000),
    ]

    assert len(benefit_back(contracts, today)) == 1


def test_a_commitment_of_no_day_gives_nothing_back() -> None:
    assert back(a_contract(date(2026, 5, 1), date(2026, 5, 1), 1_000), date(2026, 4, 1)) == ZERO


@given(DAYS, DAYS, CENTS, DAYS)
def test_never_negative_and_never_more_than_was_received(since: date, until: date, cents: int, ended_on: date) -> None:
    given_back = back(a_contract(since, until, cents), ended_on)

    assert ZERO <= given_back <= Money(cents)


@given(DAYS, DAYS, CENTS, DAYS, st.integers(0, 1000))
def test_the_later_it_ends_the_less_is_given_back(
    since: date, until: date, cents: int, ended_on: date, later: int
) -> None:
    contract = a_contract(since, until, cents)

    assert back(contract, ended_on + timedelta(days=later)) <= back(contract, ended_on)


@given(DAYS, CENTS, DAYS, st.integers(0, 1000))
def test_nothing_from_the_end_of_the_commitment_on(since: date, cents: int, until: date, later: int) -> None:
    assert back(a_contract(since, until, cents), until + timedelta(days=later)) == ZERO


@given(DAYS, CENTS, DAYS)
def test_nothing_without_a_commitment(since: date, cents: int, ended_on: date) -> None:
    assert back(a_contract(since, None, cents), ended_on) == ZERO
