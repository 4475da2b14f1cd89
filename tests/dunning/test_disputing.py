"""Objections to bills: nothing is barred for the disputed part, whoever decides what, and paying the rest is enough."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.audit import AuditEntry, Event
from portal.billing.tables import Bill, Charge
from portal.customers.tables import Customer
from portal.dunning.case_tables import CaseEvent, Happened
from portal.dunning.cases import open_case
from portal.dunning.disputing import (
    AlreadyDisputed,
    BillIsPaid,
    DisputeDecided,
    NoSuchDispute,
    NothingDisputed,
    decide,
    dispute,
    usual_amount,
)
from portal.dunning.owing import overdue_of
from portal.dunning.relief_tables import Dispute, DisputeOutcome
from portal.dunning.settling import owed_changed
from portal.messaging.tables import Channel, Message
from portal.money import ZERO, Money
from portal.network.tables import OPEN, OUTGOING_BARRED
from tests.dunning.case_rows import a_case
from tests.dunning.cases import is_suspended, suspended
from tests.people import NOON, TODAY, Person, a_bill, a_person
from tests.working import work_off
from tests.world import Exchange, mails, texts

WHY = "Gostovanje ni bilo moje."
ADVISER = "Nada"
totals = st.lists(st.integers(0, 10_000_000).map(Money), max_size=3)


@pytest.fixture
async def bojan(world: Exchange) -> Person:
    return await a_person("Bojan Kralj")


async def objects(bill: Bill, undisputed: Money | None = None) -> Dispute:
    made = await dispute(bill, undisputed, reason=WHY, opened_by=ADVISER, at=NOON)
    await work_off()
    return made


async def ends(made: Dispute, outcome: DisputeOutcome) -> None:
    await decide(made.id, outcome, because="Promet je bil pravilno obračunan.", decided_by=ADVISER, at=NOON)
    await work_off()


async def paid(person: Person, cents: int, *, months_ago: int, days_late: int = 0, issued: date | None = None) -> Bill:
    """A bill of a month before, settled so many days after its due day (at noon in Slovenia)."""
    due = TODAY - timedelta(days=30 * months_ago)
    bill = await a_bill(person.account, cents, due=due, issued=issued, open_cents=0)
    settled = datetime(due.year, due.month, due.day, 11, tzinfo=UTC) + timedelta(days=days_late)
    await Bill.update({Bill.settled_at: settled}).where(Bill.id == bill.id)
    return bill


async def disputed_of(bill: Bill) -> int:
    fresh = await Bill.objects().get(Bill.id == bill.id)
    assert fresh is not None
    return fresh.disputed_cents


async def overdue(person: Person) -> Money:
    return await overdue_of(person.account.id, TODAY)


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


async def test_an_objection_to_everything_opens_what_was_barred(bojan: Person, world: Exchange) -> None:
    await suspended(bojan)
    [bill] = bojan.bills

    await objects(bill)

    assert not await is_suspended(bojan)
    assert await world.has(bojan.line.number) == OPEN
    assert await open_case(bojan.account.id) is None
    [event] = await CaseEvent.objects().where(CaseEvent.kind == Happened.DISPUTED)
    assert (event.reason, event.cents, event.overdue_cents) == (WHY, bill.total_cents, 0)


@pytest.mark.parametrize("outcome", list(DisputeOutcome))
async def test_what_an_objection_opens_costs_nothing(world: Exchange, outcome: DisputeOutcome) -> None:
    bojan = await a_person("Bojan Kralj")
    await suspended(bojan, step=2)

    await ends(await objects(bojan.bills[0]), outcome)

    assert not await Charge.exists()
    [mail] = [mail for mail in await mails(bojan.customer.email) if "znova vklopljene" in mail.subject]
    assert "€" not in mail.text


async def test_with_something_undisputed_overdue_it_stays_barred(bojan: Person, world: Exchange) -> None:
    await suspended(bojan)
    [bill] = bojan.bills

    await objects(bill, Money(1_000))

    assert await world.has(bojan.line.number) == OUTGOING_BARRED
    case = await open_case(bojan.account.id)
    assert case is not None


async def test_another_overdue_bill_keeps_its_weight(bojan: Person) -> None:
    await a_case(bojan, "notice", cents=3_000)
    bill = await bojan.bill(10_000)

    await objects(bill)

    assert await overdue(bojan) == Money(3_000)
    assert await open_case(bojan.account.id) is not None


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


async def test_two_who_object_at_once_are_one_objection(bojan: Person) -> None:
    bill = await bojan.bill(10_000)

    outcomes = await asyncio.gather(
        *(dispute(bill, Money(cents), reason=WHY, opened_by=ADVISER, at=NOON) for cents in (1_000, 2_000, 3_000)),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, AlreadyDisputed) for outcome in outcomes) == 2
    [made] = await Dispute.objects()
    assert await disputed_of(bill) == 10_000 - made.undisputed_cents


async def test_rejected_the_whole_bill_counts_again(bojan: Person) -> None:
    bill = await bojan.bill(10_000)
    made = await objects(bill, Money(4_000))

    await ends(made, DisputeOutcome.REJECTED)

    assert await disputed_of(bill) == 0
    assert await overdue(bojan) == Money(10_000)
    assert await open_case(bojan.account.id) is None, "the nightly run opens it, with every notice before a bar"
    assert await AuditEntry.exists().where(AuditEntry.event == Event.DISPUTE_DECIDED)


async def test_upheld_nothing_is_ever_barred_for_the_disputed_part(bojan: Person) -> None:
    bill = await bojan.bill(10_000)
    made = await objects(bill, Money(4_000))

    await ends(made, DisputeOutcome.UPHELD)

    assert await disputed_of(bill) == 6_000
    assert await overdue(bojan) == Money(4_000)
    with pytest.raises(AlreadyDisputed):
        await objects(bill, Money(9_000))
    assert await disputed_of(bill) == 6_000


async def test_after_a_rejection_one_may_object_again(bojan: Person) -> None:
    bill = await bojan.bill(10_000)
    await ends(await objects(bill, Money(4_000)), DisputeOutcome.REJECTED)

    await objects(bill, Money(1_000))

    assert await disputed_of(bill) == 9_000


async def test_two_deciders_make_one_decision(bojan: Person) -> None:
    made = await objects(await bojan.bill(10_000), Money(4_000))

    outcomes = await asyncio.gather(
        *(decide(made.id, outcome, because="Ker je tako.", decided_by="Nada", at=NOON) for outcome in DisputeOutcome),
        return_exceptions=True,
    )

    [decided] = [outcome for outcome in outcomes if isinstance(outcome, Dispute)]
    assert sum(isinstance(outcome, DisputeDecided) for outcome in outcomes) == 1
    [bill] = await Bill.objects()
    assert bill.disputed_cents == (6_000 if decided.outcome == DisputeOutcome.UPHELD else 0)


async def test_what_is_not_there_cannot_be_decided(database: str) -> None:
    with pytest.raises(NoSuchDispute):
        await decide(uuid4(), DisputeOutcome.UPHELD, because="x", decided_by=ADVISER, at=NOON)


async def test_the_timeline_tells_what_is_disputed(bojan: Person) -> None:
    await a_case(bojan, "notice", cents=10_000)

    await objects(bojan.bills[0], Money(4_000))

    [event] = await CaseEvent.objects().where(CaseEvent.kind == Happened.DISPUTED)
    assert (event.cents, event.overdue_cents) == (6_000, 4_000)


@pytest.mark.parametrize(
    ("outcome", "kind", "overdue"),
    [
        (DisputeOutcome.UPHELD, Happened.DISPUTE_UPHELD, 4_000),
        (DisputeOutcome.REJECTED, Happened.DISPUTE_REJECTED, 10_000),
    ],
)
async def test_the_timeline_tells_how_it_ended(
    bojan: Person, outcome: DisputeOutcome, kind: Happened, overdue: int
) -> None:
    await a_case(bojan, "notice", cents=10_000)
    [bill] = bojan.bills
    made = await objects(bill, Money(4_000))

    await ends(made, outcome)

    [event] = await CaseEvent.objects().where(CaseEvent.kind == kind)
    assert event.reason == "Promet je bil pravilno obračunan."
    assert event.overdue_cents == overdue


async def test_the_customer_hears_what_to_pay_meanwhile_and_how_it_ended(bojan: Person) -> None:
    bill = await bojan.bill(10_000)
    made = await objects(bill, Money(4_000))
    await ends(made, DisputeOutcome.REJECTED)

    opened, decided = await texts(bojan.line.number)
    assert bill.number in opened
    assert "40,00 EUR" in opened
    assert bill.number in decided
    [_, mail] = await mails(bojan.customer.email)
    assert "Promet je bil pravilno obračunan." in mail.text
    assert not await Message.exists().where(Message.channel == Channel.LETTER)


async def test_who_has_no_e_mail_gets_it_on_paper(bojan: Person) -> None:
    await Customer.update({Customer.email: None}).where(Customer.id == bojan.customer.id)

    await ends(await objects(await bojan.bill(10_000)), DisputeOutcome.UPHELD)

    letters = await Message.objects().where(Message.channel == Channel.LETTER)
    assert {letter.template for letter in letters} == {"dispute_opened", "dispute_decided"}


async def test_paying_the_undisputed_part_settles_the_case(bojan: Person, world: Exchange) -> None:
    await suspended(bojan)
    [bill] = bojan.bills
    await objects(bill, Money(1_000))
    await Bill.update({Bill.open_cents: bill.total_cents - 1_000}).where(Bill.id == bill.id)

    await owed_changed(bojan.account.id, payment=None, reason="paid", decided_by="payments", at=NOON)
    await work_off()

    assert await world.has(bojan.line.number) == OPEN
    assert await open_case(bojan.account.id) is None
