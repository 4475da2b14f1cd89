"""How much of a bill an objection takes out: the part that is named, or what is above the usual amount."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.audit import AuditEntry, Event
from portal.billing.tables import Bill
from portal.dunning.disputing import (
    BillIsPaid,
    NothingDisputed,
    usual_amount,
)
from portal.dunning.relief_tables import Dispute, DisputeOutcome
from portal.money import ZERO, Money
from tests.dunning.objections import bojan, disputed_of, ends, objects, overdue
from tests.people import NOON, TODAY, Person, a_bill, a_person

__all__ = ["bojan"]


totals = st.lists(st.integers(0, 10_000_000).map(Money), max_size=3)


async def paid(person: Person, cents: int, *, months_ago: int, days_late: int = 0, issued: date | None = None) -> Bill:
    """A bill of a month before, settled so many days after its due day (at noon in Slovenia)."""
    due = TODAY - timedelta(days=30 * months_ago)
    bill = await a_bill(person.account, cents, due=due, issued=issued, open_cents=0)
    settled = datetime(due.year, due.month, due.day, 11, tzinfo=UTC) + timedelta(days=days_late)
    await Bill.update({Bill.settled_at: settled}).where(Bill.id == bill.id)
    return bill


@given(totals, st.integers(0, 10_000_000).map(Money))
def test_the_usual_amount_is_the_average_rounded_down_and_at_most_the_bill(bills: list[Money], most: Money) -> None:
    usual = usual_amount(bills, most)

    assert ZERO <= usual <= most
    if not bills:
        assert usual == ZERO
    elif usual < most:
        spare = Money.sum(bills).cents - usual.cents * len(bills)
        assert 0 <= spare < len(bills)


@given(st.integers(0, 10_000_000).map(Money), st.integers(1, 3))
def test_who_always_pays_the_same_owes_the_same(each: Money, count: int) -> None:
    assert usual_amount([each] * count, Money(99_999_999)) == each


def test_a_cent_is_never_rounded_up() -> None:
    assert usual_amount([Money(1_000), Money(1_000), Money(1_001)], Money(5_000)) == Money(1_000)
    assert usual_amount([Money(0), Money(0), Money(2)], Money(5_000)) == ZERO


async def test_the_part_that_is_named_has_to_be_paid_and_no_more(bojan: Person) -> None:
    bill = await bojan.bill(10_000)

    made = await objects(bill, Money(4_000))

    assert made.undisputed == Money(4_000)
    assert await disputed_of(bill) == 6_000
    assert await overdue(bojan) == Money(4_000)
    assert await AuditEntry.exists().where(AuditEntry.event == Event.DISPUTED)


async def test_the_usual_amount_is_of_the_last_three_paid_on_time(bojan: Person) -> None:
    await paid(bojan, 2_000, months_ago=1)
    await paid(bojan, 90_000, months_ago=2, days_late=1)
    await paid(bojan, 2_500, months_ago=3)
    await paid(bojan, 3_001, months_ago=4, days_late=-3)
    await paid(bojan, 80_000, months_ago=5)
    bill = await bojan.bill(20_000)

    assert (await objects(bill)).undisputed == Money(2_500)


async def test_paid_late_in_the_evening_of_the_due_day_is_on_time(bojan: Person) -> None:
    earlier = await paid(bojan, 2_000, months_ago=1)
    last_moment = datetime(earlier.due_on.year, earlier.due_on.month, earlier.due_on.day, 21, 59, tzinfo=UTC)
    await Bill.update({Bill.settled_at: last_moment}).where(Bill.id == earlier.id)
    bill = await bojan.bill(20_000)

    assert (await objects(bill)).undisputed == Money(2_000)


async def test_bills_of_others_disputed_ones_and_empty_ones_do_not_count(bojan: Person) -> None:
    ana = await a_person("Ana Kovač")
    await paid(ana, 90_000, months_ago=1)
    await paid(bojan, 0, months_ago=1)
    contested = await bojan.bill(70_000, due=TODAY - timedelta(days=60))
    await ends(await objects(contested, Money(1)), DisputeOutcome.REJECTED)
    await Bill.update({Bill.open_cents: 0, Bill.settled_at: NOON - timedelta(days=70)}).where(Bill.id == contested.id)
    await paid(bojan, 2_000, months_ago=3)

    assert (await objects(await bojan.bill(20_000))).undisputed == Money(2_000)


async def test_who_never_paid_on_time_is_barred_for_nothing_of_it(bojan: Person) -> None:
    bill = await bojan.bill(20_000)

    assert (await objects(bill)).undisputed == ZERO
    assert await overdue(bojan) == ZERO


async def test_a_small_bill_is_undisputed_as_a_whole_at_most(bojan: Person) -> None:
    await paid(bojan, 9_000, months_ago=1)
    bill = await bojan.bill(5_000)

    assert (await objects(bill)).undisputed == Money(5_000)
    assert await overdue(bojan) == Money(5_000)


async def test_what_was_paid_counts_for_the_undisputed_part(bojan: Person) -> None:
    bill = await bojan.bill(10_000, open_cents=7_000)

    await objects(bill, Money(4_000))

    assert await overdue(bojan) == Money(1_000)


@pytest.mark.parametrize("undisputed", [10_000, 10_001])
async def test_who_disputes_nothing_does_not_object(bojan: Person, undisputed: int) -> None:
    bill = await bojan.bill(10_000)

    with pytest.raises(NothingDisputed):
        await objects(bill, Money(undisputed))
    with pytest.raises(NothingDisputed):
        await objects(bill, Money(-1))


async def test_a_paid_bill_needs_no_objection(bojan: Person) -> None:
    bill = await bojan.bill(10_000, open_cents=0)

    with pytest.raises(BillIsPaid):
        await objects(bill, ZERO)
    assert await Dispute.count() == 0
