"""The bank gives one reference to two payments, or tells of one payment in two ways: none is lost, none is doubled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal.payments.bank.assigning import set_aside
from portal.payments.bank.tables import BankEntry, EntryState, Why
from portal.payments.tables import Payment
from tests.payments.bank.conftest import ImportBytes
from tests.payments.bank.statements import Entry, Transfer, one, statement
from tests.payments.books import books_balance, open_of
from tests.people import NOON, Person, a_person

NADA: dict[str, Any] = {"because": "pride razčlenjeno", "by": "Nada", "at": NOON}


async def test_a_bank_that_counts_anew_in_each_notification_hides_nobodys_payment(
    bojan: Person, import_bytes: ImportBytes
) -> None:
    ana = await a_person("Ana Novak", registered=False)
    his, hers = await bojan.bill(3_246), await ana.bill(3_246)

    await import_bytes(statement(one("1", 3_246, his.reference), message="camt.054"))
    second = await import_bytes(statement(one("1", 3_246, hers.reference, payer="Ana Novak"), message="camt.054"))
    again = await import_bytes(statement(one("1", 3_246, hers.reference, payer="Ana Novak"), message="camt.054"))

    assert second.waiting[Why.PERHAPS_TWICE].count == 1
    assert (again.known.count, await BankEntry.count(), await Payment.count()) == (1, 2, 1)


async def test_the_same_twice_under_one_reference_in_a_file_waits(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)
    content = statement(
        one("B1", 3_246, bill.reference), one("B1", 3_246, bill.reference), one("B1", 3_246, bill.reference)
    )

    done = await import_bytes(content)
    again = await import_bytes(content)
    notified = await import_bytes(statement(one("B1", 3_246, bill.reference), message="camt.054"))

    assert (done.booked.count, done.waiting[Why.PERHAPS_TWICE].count) == (1, 2)
    assert (again.known.count, notified.known.count, await BankEntry.count()) == (3, 1, 3)


async def test_less_said_the_second_time_is_still_the_same(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)

    await import_bytes(statement(one("B1", 3_246, bill.reference, end_to_end="E2E-7"), message="camt.054"))
    poorer = await import_bytes(statement(one("B1", 3_246, payer=None, payer_iban=None)))

    assert poorer.known.count == 1


async def test_an_amount_that_the_bank_corrects_waits(bojan: Person, import_bytes: ImportBytes) -> None:
    await bojan.bill(3_246)
    await bojan.bill(1_000)
    told = one("B1", 3_246, bojan.account.reference)

    await import_bytes(statement(told))
    corrected = await import_bytes(statement(one("B1", 1_000, bojan.account.reference), opening=0))

    assert corrected.waiting[Why.PERHAPS_TWICE].count == 1
    assert await Payment.count() == 1


async def test_a_batch_less_the_charges_of_what_came_singly_waits(bojan: Person, import_bytes: ImportBytes) -> None:
    bill, other = await bojan.bill(3_246), await bojan.bill(1_000)
    batch = Entry("E1", [Transfer(3_246, bill.reference), Transfer(1_000, other.reference)])

    await import_bytes(statement(batch, message="camt.054"))
    whole = await import_bytes(statement(one("E1", 4_200, text=bojan.account.reference, is_listed=False)))

    assert whole.waiting[Why.PERHAPS_TWICE].count == 1


@pytest.mark.parametrize("first", ["camt.053", "camt.054"])
async def test_a_batch_and_its_singles_in_either_order(first: str, bojan: Person, import_bytes: ImportBytes) -> None:
    bill, other = await bojan.bill(3_246), await bojan.bill(1_000)
    transfers = [Transfer(3_246, bill.reference, bank="T1"), Transfer(1_000, other.reference, bank="T2")]
    files = {
        "camt.054": statement(Entry("T1", transfers[:1]), Entry("T2", transfers[1:]), message="camt.054"),
        "camt.053": statement(Entry("E1", transfers)),
    }

    for message in sorted(files, key=lambda message: message != first):
        await import_bytes(files[message])

    assert await BankEntry.count().where(BankEntry.state == EntryState.BOOKED) == await Payment.count() == 2
    assert await BankEntry.count() == 2
    assert await books_balance()


async def test_transactions_of_a_batch_that_was_set_aside_are_not_lost(
    bojan: Person, import_bytes: ImportBytes
) -> None:
    bill, other = await bojan.bill(3_246), await bojan.bill(1_000)
    batch = Entry("E1", [Transfer(3_246, bill.reference), Transfer(1_000, other.reference)])
    await import_bytes(statement(replace(batch, is_listed=False)))
    [whole] = await BankEntry.objects()
    await set_aside(whole.id, **NADA)

    listed = await import_bytes(statement(batch, message="camt.054"))

    assert listed.waiting[Why.PERHAPS_TWICE].count == 2
    assert await open_of(bill) == 3_246


async def test_a_reference_that_is_very_long_is_told_apart_as_well(bojan: Person, import_bytes: ImportBytes) -> None:
    first, second = await bojan.bill(3_246), await bojan.bill(3_246)
    bank = "B" * 70

    done = await import_bytes(statement(one(bank, 3_246, first.reference), one(bank, 3_246, second.reference)))

    assert done.booked.count == 2
