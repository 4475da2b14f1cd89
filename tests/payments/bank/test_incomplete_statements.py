"""Banks leave things out, or write them oddly: what can be booked is, what cannot waits, nothing is booked wrongly."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from portal.payments.bank.refused import StatementRefused
from portal.payments.bank.tables import BankEntry, EntryState, Why
from portal.payments.tables import Payment
from tests.payments.bank.conftest import ImportBytes
from tests.payments.bank.statements import Entry, Transfer, amount, one, statement
from tests.payments.books import books_balance, open_of
from tests.people import TODAY, Person

DAYS = re.compile(rb"<(BookgDt|ValDt)>.*?</\1>")
AMOUNTS = re.compile(rb"(?<=</Refs>)<Amt.*?</CdtDbtInd>")


async def only_entry() -> BankEntry:
    [entry] = await BankEntry.objects()
    return entry


async def test_a_notification_without_a_day_is_of_the_day_it_was_written(
    bojan: Person, import_bytes: ImportBytes
) -> None:
    bill = await bojan.bill(3_246)
    told = one("B1", 3_246, bill.reference)

    await import_bytes(DAYS.sub(b"", statement(told, message="camt.054")))
    again = await import_bytes(statement(told))

    assert (await only_entry()).booked_on == TODAY
    assert (again.known.count, await Payment.count()) == (1, 1)


async def test_without_a_day_and_a_reference_of_the_bank_it_waits(bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)

    done = await import_bytes(DAYS.sub(b"", statement(one(None, 3_246, bill.reference), message="camt.054")))

    assert done.waiting[Why.PERHAPS_TWICE].count == 1
    assert await Payment.count() == 0


async def test_a_statement_without_days_is_refused(bojan: Person, import_bytes: ImportBytes) -> None:
    with pytest.raises(StatementRefused, match="neither the booking day nor the value day"):
        await import_bytes(DAYS.sub(b"", statement(one("B1", 100))))


async def test_several_transactions_without_amounts_wait_as_one_sum(bojan: Person, import_bytes: ImportBytes) -> None:
    bill, other = await bojan.bill(3_246), await bojan.bill(1_000)
    batch = Entry("E1", [Transfer(3_246, bill.reference), Transfer(1_000, other.reference)])

    done = await import_bytes(AMOUNTS.sub(b"", statement(batch, message="camt.054")))
    assert (done.waiting[Why.MANY_BILLS].count, done.waiting[Why.MANY_BILLS].cents) == (1, 4_246)
    listed = await import_bytes(statement(batch))

    assert listed.booked.count == 2
    assert await BankEntry.count().where(BankEntry.state == EntryState.WAITING) == 0
    assert await books_balance()


async def test_some_of_several_without_amounts_are_refused(bojan: Person, import_bytes: ImportBytes) -> None:
    content = statement(Entry("E1", [Transfer(100), Transfer(200)]))

    with pytest.raises(StatementRefused, match="some of its transactions have no amount"):
        await import_bytes(AMOUNTS.sub(b"", content, count=1))


async def test_what_the_bank_lists_of_our_own_payments_refuses_no_file(
    bojan: Person, import_bytes: ImportBytes
) -> None:
    bill = await bojan.bill(3_246)
    salaries = Entry("E1", [Transfer(-100), Transfer(-200)], announced=7, cents=-999)

    done = await import_bytes(statement(salaries, one("B1", 3_246, bill.reference)))

    assert (done.booked.count, done.skipped) == (1, {"outgoing": 2})


def turned(content: bytes, was: bytes, becomes: bytes) -> bytes:
    """The transaction says another direction than its entry, which comes before it."""
    before, entry, transaction = content.partition(b"<TxDtls>")
    return before + entry + transaction.replace(was, becomes)


@pytest.mark.parametrize(
    ("cents", "turn", "booked"),
    [
        (3_246, lambda content: turned(content, b"CRDT", b"DBIT"), 1),
        (-3_246, lambda content: turned(content, b"DBIT", b"CRDT"), 0),
    ],
    ids=["came", "left"],
)
async def test_a_single_transaction_went_the_way_of_its_entry(
    bojan: Person, import_bytes: ImportBytes, cents: int, turn: Callable[[bytes], bytes], booked: int
) -> None:
    bill = await bojan.bill(3_246)

    done = await import_bytes(turn(statement(one("B1", cents, bill.reference))))

    assert done.booked.count == booked
    assert await open_of(bill) == (0 if booked else 3_246)


async def test_what_came_in_another_currency_is_not_booked_as_the_euro_that_were_sent(
    bojan: Person, import_bytes: ImportBytes
) -> None:
    bill, other = await bojan.bill(3_246), await bojan.bill(1_000)
    batch = Entry("E1", [Transfer(3_246, bill.reference), Transfer(1_000, other.reference)], cents=4_500)
    content = statement(batch, opening=None).replace(amount(4_500).encode(), amount(4_500, "USD").encode())

    done = await import_bytes(content)

    assert done.waiting[Why.CURRENCY].count == 2
    assert await Payment.count() == 0


SHAPES: dict[str, Callable[[bytes], bytes]] = {
    "a mark of its encoding": lambda content: b"\xef\xbb\xbf" + content,
    "ends of line of Windows": lambda content: content.replace(b"\n", b"\r\n"),
    "no declaration": lambda content: content.split(b"?>\n", 1)[1],
    "a prefix before each name": lambda content: re.sub(
        rb"<(/?)([A-Z])", rb"<\1ns0:\2", content.replace(b"xmlns=", b"xmlns:ns0=")
    ),
    "the place of its schema": lambda content: content.replace(
        b"<Document ",
        b'<Document xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        b' xsi:schemaLocation="urn:x http://127.0.0.1:9/x" ',
    ),
    "Windows-1250": lambda content: content.decode().replace("UTF-8", "windows-1250").encode("cp1250"),
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_however_it_is_written(shape: str, bojan: Person, import_bytes: ImportBytes) -> None:
    bill = await bojan.bill(3_246)

    done = await import_bytes(SHAPES[shape](statement(one("B1", 3_246, bill.reference, payer="Špela Žagar"))))

    assert done.booked.count == 1
    assert (await only_entry()).payer == "Špela Žagar"
