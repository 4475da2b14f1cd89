"""A document comes in whole, once, and with what it speaks of."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.billing.arriving import importing
from portal.billing.tables import Bill, BillAllowance, BilledCall, BillLine
from portal.ndjson import chunks
from tests.billing.arriving.documents import (
    Document,
    a_credit_note,
    a_document,
    a_line,
    bill,
    bring_in,
    everything_on_a_bill,
    numbers,
)
from tests.payments.books import books_balance
from tests.people import NOON, a_person

pytestmark = pytest.mark.usefixtures("database")


async def test_a_bill_with_everything_on_it() -> None:
    ana = await a_person("Ana Zupan")
    document = everything_on_a_bill(ana)

    done = await bring_in(document)

    assert (done.arrived, done.already, done.set_aside) == (1, 0, [])
    came = await bill(document)
    assert (came.account, came.kind, came.reference) == (ana.account.id, "bill", document["reference"])
    assert (came.total_cents, came.open_cents) == (5_898, 5_898)
    assert not came.settled_at
    assert (came.issued_on, came.due_on) == (date(2026, 11, 20), date(2026, 12, 8))
    assert (came.period_from, came.period_to) == (date(2026, 10, 20), date(2026, 11, 19))


async def test_its_lines_stand_in_their_order_with_contract_and_instalment() -> None:
    ana = await a_person("Ana Zupan")
    await bring_in(everything_on_a_bill(ana))

    first, second, third = await BillLine.objects().order_by(BillLine.position)

    assert (first.contract, first.line, first.amount_cents) == (ana.contract.id, ana.line.id, 3_499)
    assert (second.contract, second.instalment, second.instalments) == (ana.contract.id, 7, 24), "by its line"
    assert (third.contract, third.line, third.amount_cents, third.vat_percent_tenths) == (None, None, -100, 95)


async def test_its_allowances_and_calls_without_the_last_three_digits() -> None:
    ana = await a_person("Ana Zupan")
    await bring_in(everything_on_a_bill(ana))

    calls, messages = await BillAllowance.objects().order_by(BillAllowance.kind)
    [call] = await BilledCall.objects()

    assert (calls.used, calls.included, messages.used) == (7_320, 60_000, 41)
    assert await BillAllowance.exists().where(BillAllowance.included.is_null()), "messages are without a limit"
    assert call.other_party == "+38640123***"
    assert (call.began_at, call.quantity, call.amount_cents) == (datetime(2026, 11, 3, 17, 20, 5, tzinfo=UTC), 312, 36)


async def test_the_same_again_is_there_already() -> None:
    ana = await a_person("Ana Zupan")
    document = everything_on_a_bill(ana)
    await bring_in(document)

    again = await bring_in(document, dict(reversed(document.items())), document | {"notify": False})

    assert (again.arrived, again.already, again.set_aside) == (0, 3, [])
    assert await BillLine.count() == 3


async def test_the_same_number_with_other_content_is_not() -> None:
    ana = await a_person("Ana Zupan")
    document = a_document(ana.account)
    other = document | {"due_on": "2026-12-09"}

    done = await bring_in(document, document, other)

    assert (done.arrived, done.already) == (1, 1)
    assert "a correction is a document of its own" in done.set_aside[0].reason
    assert (await bill(document)).due_on == date(2026, 12, 8)


async def test_a_bill_that_was_not_imported_is_never_taken_for_one_that_was() -> None:
    ana = await a_person("Ana Zupan")
    theirs = await ana.bill()

    done = await bring_in(a_document(ana.account, number=theirs.number))

    assert "is here with other content" in done.set_aside[0].reason


async def test_a_bill_of_nothing_is_settled_from_the_start() -> None:
    ana = await a_person("Ana Zupan")
    nothing = a_document(ana.account, "0.00", lines=[a_line("9.99"), a_line("-9.99", kind="benefit")])

    await bring_in(nothing)

    assert (await bill(nothing)).settled_at == NOON
    assert await books_balance()


async def test_a_debit_note_is_owed_and_names_what_it_corrects() -> None:
    ana = await a_person("Ana Zupan")
    first = a_document(ana.account)
    more = a_document(ana.account, "4.99", kind="debit_note", corrects=first["number"])

    await bring_in(first, more)

    assert (await bill(more)).open_cents == 499
    assert (await bill(more)).corrects == (await bill(first)).id


async def test_in_chunks_a_later_one_corrects_what_came_in_an_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    ana = await a_person("Ana Zupan")
    documents: list[Document] = [a_document(ana.account) for _ in range(5)]
    note = a_credit_note(ana.account, corrects=documents[0]["number"])

    done = await bring_in(*documents, note)

    assert done.arrived == 6
    assert (await bill(documents[0])).open_cents == 3_246 - 500


@pytest.mark.parametrize("size", [1, 2, 100])
async def test_a_dry_run_says_the_same_and_writes_nothing(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(importing, "CHUNK", size)
    ana = await a_person("Ana Zupan")
    first = a_document(ana.account)
    documents: list[Document | bytes] = [
        *(first, first, first | {"due_on": "2026-12-09"}, a_credit_note(ana.account, corrects=first["number"])),
        *(a_document(ana.account, reference=first["reference"]), b"{}"),
    ]

    planned = await bring_in(*documents, is_dry=True)
    assert not await Bill.exists()
    done = await bring_in(*documents)

    assert (planned.arrived, planned.already) == (done.arrived, done.already) == (2, 1)
    assert planned.set_aside == done.set_aside
    assert [aside.line for aside in done.set_aside] == [3, 5, 6]


async def test_a_company_with_many_bills_at_once_fills_more_than_one_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 1_000)
    ana = await a_person("Ana Zupan")
    documents = [a_document(ana.account) for _ in range(7)]

    await bring_in(*documents)

    assert list(await numbers()) == sorted(one["number"] for one in documents)
