"""Which bill a transfer pays, however the payer wrote its reference; and when a person has to look."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import reference
from portal.billing.tables import BillKind
from portal.payments.bank.tables import BankEntry, Why
from portal.payments.tables import Payment
from tests.payments.bank.conftest import ImportBytes
from tests.payments.bank.statements import Transfer, one, statement
from tests.payments.books import books_balance, open_of
from tests.people import TODAY, Person, a_person

WRITTEN = {
    "as on the form": "SI12{digits}",
    "with spaces": "SI12 {digits}",
    "without the model": "{digits}",
    "without the zeros in front": "SI12{short}",
    "without model and zeros": "{short}",
    "under another model": "SI00{digits}",
    "in small letters": "si12 {digits}",
}


@pytest.mark.parametrize("way", WRITTEN)
async def test_however_its_reference_is_written(way: str, bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)
    digits = bill.reference.removeprefix("SI12")

    done = await import_bytes(statement(one("B1", 3_246, WRITTEN[way].format(digits=digits, short=digits.lstrip("0")))))

    assert done.booked.count == 1
    assert await open_of(bill) == 0
    assert (await BankEntry.objects())[0].reference == bill.reference


async def test_a_mark_for_no_reference_leaves_what_was_written(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)

    done = await import_bytes(statement(one("B1", 3_246, "SI99", text=f"račun {bill.reference}")))

    assert done.booked.count == 1


async def test_a_claim_is_paid_as_any_bill(bojan: Person, import_bytes: ImportBytes) -> None:
    claim = await bojan.bill(20_000)
    claim.number, claim.reference = "V-2000001", reference.si12(900_000_000_001)
    await claim.save()

    done = await import_bytes(statement(one("B1", 20_000, claim.reference)))

    assert (done.booked.count, await open_of(claim)) == (1, 0)


async def test_what_fits_nothing_waits(bojan: Person, import_bytes: ImportBytes) -> None:
    paid, part = await bojan.bill(3_246, open_cents=0), await bojan.bill(5_000, open_cents=2_000)
    note = await bojan.bill(1_000, open_cents=0)
    note.kind, note.total_cents = BillKind.CREDIT_NOTE, -1_000
    await note.save()
    foreign = reference.si12(123_456_789_012)

    await import_bytes(
        statement(
            one("wrong_amount of a paid bill", 3_246, paid.reference),
            one("wrong_amount of one paid in part", 5_000, part.reference),
            one("wrong_amount of a credit note", 1_000, note.reference),
            one("unknown to us", 2_000, foreign),
            one("unknown creditor reference", 2_000, "RF45SBO2010"),
        )
    )

    rows = await BankEntry.objects()
    assert {row.identity: row.why for row in rows} == {row.identity: row.identity.split()[0] for row in rows}
    assert await Payment.count() == 0


async def test_the_account_takes_as_many_of_its_oldest_bills_as_the_money_pays_exactly(
    bojan: Person, import_bytes: ImportBytes
) -> None:
    bills = [await bojan.bill(cents, due=TODAY - timedelta(days=90 - cents // 100)) for cents in (1_000, 2_000, 4_000)]

    two = await import_bytes(statement(one("B1", 3_000, bojan.account.reference)))
    odd = await import_bytes(statement(one("B2", 3_999, bojan.account.reference)))

    assert (two.booked.count, odd.waiting[Why.WRONG_AMOUNT].count) == (1, 1)
    assert [await open_of(bill) for bill in bills] == [0, 0, 4_000]
    assert await books_balance()


async def test_all_that_is_overdue_by_the_reference_of_one_bill_waits_for_a_person(
    bojan: Person, import_bytes: ImportBytes
) -> None:
    first, _ = await bojan.bill(3_246), await bojan.bill(1_000)

    done = await import_bytes(statement(one("B1", 4_246, first.reference)))

    assert done.waiting[Why.MANY_BILLS].count == 1


async def test_a_reference_of_somebody_else_in_the_text_beside_ours(bojan: Person, import_bytes: ImportBytes) -> None:
    ana = await a_person("Ana Novak", registered=False)
    bill, hers = await bojan.bill(3_246), await ana.bill(3_246)
    foreign = reference.si12(123_456_789_012)
    transfers = [
        Transfer(3_246, text=f"{foreign} {bill.reference}"),
        Transfer(3_246, text=f"{bill.reference} {hers.reference}"),
    ]

    done = await import_bytes(statement(*(one(f"B{n}", 3_246, text=each.text) for n, each in enumerate(transfers))))

    assert (done.booked.count, done.waiting[Why.TWO_CANDIDATES].count) == (1, 1)
