"""What arrives changes what is owed: credit notes give back, credit pays, what was paid before is taken over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from portal.billing.tables import Bill
from portal.dunning.case_tables import DunningCase
from portal.money import Money
from portal.network.tables import OPEN, OUTGOING_BARRED
from portal.payments.booking import Received, book, book_for
from portal.payments.tables import Allocation, Method, Payment
from tests.billing.arriving.documents import a_credit_note, a_document, a_line, bill, bring_in
from tests.dunning.case_rows import a_case, a_payment_under_way
from tests.dunning.cases import suspended
from tests.payments.books import books_balance, credit_of, open_of
from tests.people import NOON, TODAY, Person, a_person
from tests.working import work_off
from tests.world import Exchange, exchange, mailbox, phone

__all__ = ["exchange", "mailbox", "phone"]

pytestmark = pytest.mark.usefixtures("database")

TEN = Money(1_000)


async def payments() -> list[tuple[str, str, int]]:
    rows = await Payment.objects().order_by(Payment.number)
    return [(row.method, row.external_id, row.amount_cents) for row in rows]


async def test_a_credit_note_lowers_what_it_corrects() -> None:
    ana = await a_person("Ana Zupan")
    first = a_document(ana.account)
    note = a_credit_note(ana.account, corrects=first["number"])

    await bring_in(first, note)

    assert (await bill(first)).open_cents == 2_746
    assert await payments() == [("credit_note", f"credit-note:{note['number']}", 500)]
    came = await bill(note)
    assert (came.total_cents, came.open_cents, came.corrects) == (-500, 0, (await bill(first)).id)
    assert came.settled_at == NOON
    assert await books_balance()


async def test_it_is_meant_for_that_bill_and_not_for_one_that_is_longer_overdue() -> None:
    ana = await a_person("Ana Zupan")
    older, newer = await ana.bill(1_000, due=TODAY - timedelta(days=40)), await ana.bill(1_000)

    await bring_in(a_credit_note(ana.account, corrects=newer.number))

    assert (await open_of(older), await open_of(newer)) == (1_000, 500)


async def test_what_the_corrected_bill_does_not_need_settles_others_and_the_rest_is_credit() -> None:
    ana = await a_person("Ana Zupan")
    paid = await ana.bill(4_000, open_cents=0)
    overdue = await ana.bill(1_000)

    await bring_in(a_credit_note(ana.account, "-15.00", corrects=paid.number))

    assert await open_of(overdue) == 0
    assert await credit_of(ana.account) == 500


async def test_credit_pays_the_next_bill_as_it_comes() -> None:
    ana = await a_person("Ana Zupan")
    await book_for(ana.account.id, Received("too-much", TEN, Method.BANK), [], at=NOON)

    document = a_document(ana.account)
    await bring_in(document)

    assert ((await bill(document)).open_cents, await credit_of(ana.account)) == (2_246, 0)
    assert await books_balance()


async def test_somebody_else_s_credit_pays_nothing() -> None:
    ana, bojan = await a_person("Ana Zupan"), await a_person("Bojan Kralj")
    await book_for(bojan.account.id, Received("too-much", TEN, Method.BANK), [], at=NOON)

    document = a_document(ana.account)
    await bring_in(document)

    assert ((await bill(document)).open_cents, await credit_of(bojan.account)) == (3_246, 1_000)


@pytest.mark.parametrize(("paid", "left"), [("32.46", 0), ("30.00", 246)])
async def test_history_is_taken_over_with_what_was_paid_of_it(paid: str, left: int) -> None:
    ana = await a_person("Ana Zupan")
    old = a_document(
        ana.account,
        issued_on="2024-02-01",
        due_on="2024-02-19",
        period_from="2024-01-01",
        period_to="2024-01-31",
        paid={"amount": paid, "on": "2024-02-14"},
    )

    await bring_in(old, old)

    came = await bill(old)
    assert (came.open_cents, came.settled_at is None) == (left, left > 0)
    assert await payments() == [("other", f"takeover:{old['number']}", int(Decimal(paid) * 100))]
    [settled] = await Allocation.objects()
    assert settled.at == datetime(2024, 2, 14, 11, tzinfo=UTC)
    assert await books_balance()


async def test_a_bill_of_history_and_its_credit_note_balance_too() -> None:
    ana = await a_person("Ana Zupan")
    old = a_document(ana.account, "50.00", paid={"amount": "40.00", "on": "2026-11-21"})
    note = a_credit_note(ana.account, "-10.00", corrects=old["number"])

    await bring_in(old, note)

    assert ((await bill(old)).open_cents, await credit_of(ana.account)) == (0, 0)
    assert await books_balance()


async def test_a_credit_note_ends_a_case_whose_bill_it_settles(exchange: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    case = await in_a_case(bojan)

    await bring_in(a_credit_note(bojan.account, "-86.45", corrects=bojan.bills[0].number))

    fresh = await DunningCase.objects().get(DunningCase.id == case.id)
    assert fresh is not None
    assert fresh.closed_at == NOON


@pytest.mark.usefixtures("phone", "mailbox")
async def test_a_credit_note_that_settles_all_overdue_connects_again(exchange: Exchange) -> None:
    """As a payment would; one that leaves a cent overdue does not."""
    bojan = await a_person("Bojan Kralj")
    await suspended(bojan)
    [overdue] = bojan.bills

    await bring_in(a_credit_note(bojan.account, Money(1 - overdue.open_cents).plain, corrects=overdue.number))
    await work_off()
    assert await exchange.has(bojan.line.number) == OUTGOING_BARRED
    await bring_in(a_credit_note(bojan.account, "-0.01", corrects=overdue.number))
    await work_off()

    assert await exchange.has(bojan.line.number) == OPEN


async def test_money_on_its_way_that_a_credit_note_overtakes_becomes_credit() -> None:
    """A SEPA payment takes days: the bill was corrected meanwhile."""
    ana = await a_person("Ana Zupan")
    billed = await ana.bill(3_000)
    attempt = await a_payment_under_way(ana, 3_000)

    await bring_in(a_credit_note(ana.account, "-10.00", corrects=billed.number))
    assert await book(attempt, Received("sepa-1", Money(3_000), Method.SEPA), at=NOON)

    assert (await open_of(billed), await credit_of(ana.account)) == (0, 1_000)
    assert await books_balance()


async def test_what_was_corrected_is_disputed_no_more() -> None:
    """An upheld objection held 20.00 back; the credit note gives 20.00: all that is left is asked for again."""
    ana = await a_person("Ana Zupan")
    disputed = await ana.bill(5_000)
    await Bill.update({Bill.disputed_cents: 2_000}).where(Bill.id == disputed.id)

    await bring_in(a_credit_note(ana.account, "-20.00", corrects=disputed.number))

    fresh = await Bill.objects().get(Bill.id == disputed.id)
    assert fresh is not None
    assert (fresh.open_cents, fresh.disputed_cents, fresh.undisputed.cents) == (3_000, 0, 3_000)


async def test_a_credit_note_of_no_bill_pays_the_longest_overdue() -> None:
    ana = await a_person("Ana Zupan")
    older, newer = await ana.bill(1_000, due=TODAY - timedelta(days=40)), await ana.bill(1_000)

    await bring_in(a_credit_note(ana.account, "-12.00", lines=[a_line("-12.00")]))

    assert (await open_of(older), await open_of(newer)) == (0, 800)


async def in_a_case(person: Person) -> DunningCase:
    return await a_case(person)
