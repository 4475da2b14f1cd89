"""Objections to bills: nothing is barred for the disputed part, whoever decides what, and paying the rest is enough."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from portal.audit import AuditEntry, Event
from portal.billing.tables import Bill, Charge
from portal.customers.tables import Customer
from portal.dunning.case_tables import CaseEvent, Happened
from portal.dunning.cases import open_case
from portal.dunning.disputing import (
    AlreadyDisputed,
    DisputeDecided,
    NoSuchDispute,
    decide,
    dispute,
)
from portal.dunning.relief_tables import Dispute, DisputeOutcome
from portal.dunning.settling import owed_changed
from portal.messaging.tables import Channel, Message
from portal.money import Money
from portal.network.tables import OPEN, OUTGOING_BARRED
from tests.dunning.case_rows import a_case
from tests.dunning.cases import is_suspended, suspended
from tests.dunning.objections import ADVISER, WHY, bojan, disputed_of, ends, objects, overdue
from tests.people import NOON, Person, a_person
from tests.working import work_off
from tests.world import Exchange, mails, texts

__all__ = ["bojan"]


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
