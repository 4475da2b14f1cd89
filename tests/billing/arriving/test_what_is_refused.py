"""Rows that cannot come in are set aside, each with why; the good ones around them come in."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from portal import reference
from portal.billing.arriving.parsing import parse
from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.ndjson import rows
from portal.ndjson.parsing import BadRow
from portal.ndjson.rows import Cut, opened, rows_of
from tests.billing.arriving.documents import (
    Document,
    a_credit_note,
    a_document,
    a_line,
    bring_in,
    everything_on_a_bill,
    packed,
    refused,
)
from tests.people import TODAY, a_person

pytestmark = pytest.mark.usefixtures("database")


def an_account(number: str = "2000001") -> Account:
    """Of which only the number is needed."""
    return Account(customer=uuid4(), number=number)


ACCOUNT = an_account()
CALL = {"kind": "call", "began_at": "2026-11-03T18:20:05+01:00", "quantity": 1, "amount": "0.00"}


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"total": 32.46}, 'total: money is a string with two decimals such as "34.99", never a number'),
        ({"total": 32}, "never a number"),
        ({"total": "32,46"}, "two decimals and a point"),
        ({"total": "32.4"}, "two decimals and a point"),
        ({"total": "٣٢.٤٦"}, "two decimals and a point"),
        ({"total": "-0.00"}, "two decimals and a point"),
        ({"total": "32.47"}, "the lines add up to 32.46, not to the total"),
        ({"lines": []}, "the lines add up to 0.00, not to the total"),
        ({"lines": [a_line(vat=22)]}, "lines[0].vat: the rate is a string"),
        (
            {"lines": [a_line(description="Naročnina\u0000")]},
            "lines[0].description: a text has no line break",
        ),
        ({"lines": [a_line(description="")]}, "lines[0].description: String should have at least 1 character"),
        ({"lines": [a_line(kind="gift")]}, "lines[0].kind: Input should be 'subscription'"),
        ({"lines": [a_line(instalment={"number": 7, "of": 6})]}, "an instalment's number is more than there are"),
        ({"lines": [a_line(instalment={"number": True, "of": 6})]}, "lines[0].instalment.number: Input should be"),
        ({"kind": "invoice"}, "kind: Input should be 'bill', 'credit_note' or 'debit_note'"),
        ({"kind": "credit_note"}, "the total of a credit note is below zero"),
        ({"total": "-5.00", "lines": [a_line("-5.00")]}, "the total of a credit note is below zero"),
        ({"corrects": "N1"}, "a bill corrects nothing"),
        ({"number": "račun 1"}, "number: the number is 1 to 20 letters (A to Z), digits and . / _ -"),
        ({"number": 17}, "number: Input should be a valid string"),
        ({"reference": "SI121000000020227"}, "reference: the check digit of the reference is wrong"),
        (
            {"reference": reference.si12(800_000_000_001)},
            "reference: the reference is SI12 and 13 digits",
        ),
        (
            {"reference": reference.si12(900_000_000_001)},
            "reference: the reference is SI12 and 13 digits",
        ),
        ({"reference": None}, "reference: Input should be a valid string"),
        ({"issued_on": "2026-11-31"}, "issued_on: a day is a string such as"),
        ({"issued_on": "1700000000"}, "issued_on: a day is a string such as"),
        ({"issued_on": "2026-11-20T00:00:00Z"}, "issued_on: a day is a string such as"),
        ({"issued_on": "2027-01-20", "due_on": "2027-02-20"}, "issued_on lies before 2000-01-01 or more than 31 days"),
        ({"due_on": "2026-11-19"}, "due_on lies before issued_on"),
        ({"period_from": "2026-11-20"}, "the period ends before it begins"),
        ({"paid": {"amount": "32.47", "on": "2026-11-21"}}, "paid.amount is more than zero and at most the total"),
        ({"paid": {"amount": "32.46", "on": "2026-11-22"}}, "paid.on lies before 2000-01-01 or ahead"),
        ({"allowances": [{"kind": "data", "used": 1}, {"kind": "data", "used": 2}]}, "an allowance stands twice"),
        ({"allowances": [{"kind": "data", "used": -1}]}, "allowances[0].used: Input should be greater than or equal"),
        (
            {"calls": [CALL | {"other_party": "+386 40 123"}]},
            "calls[0].other_party: the number is three digits or more",
        ),
        ({"calls": [CALL | {"began_at": "2026-11-03T18:20:05"}]}, "calls[0].began_at: a moment is a string with its"),
        ({"calls": [CALL | {"began_at": "0001-01-01T00:00:00+09:00"}]}, "calls[0].began_at: a moment is a string"),
        ({"calls": [CALL | {"began_at": "2027-11-03T18:20:05Z"}]}, "a call began before 2000-01-01 or after issued_on"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_in_itself(changes: Document, because: str) -> None:
    with pytest.raises(BadRow) as refusal:
        parse(json.dumps(a_document(ACCOUNT) | changes).encode(), TODAY)

    assert because in str(refusal.value)


WHOLE = json.dumps(a_document(ACCOUNT))


@pytest.mark.parametrize(
    ("row", "because"),
    [
        ("[1]", "Input should be an object"),
        ("nothing", "Invalid JSON"),
        (WHOLE[:-1], "Invalid JSON"),
        (WHOLE + WHOLE, f"Invalid JSON: trailing characters at column {len(WHOLE) + 1}"),
        (WHOLE.encode().replace(b"Naro", b"Na\xffro"), "the line is not UTF-8"),
        (WHOLE.replace("Naro", "Na\x00ro"), "Invalid JSON: control character"),
        (WHOLE.replace('"kind": "bill"', '"kind": "bill", "kind": "bill"'), "kind stands twice"),
        (WHOLE.replace('"vat": "22"', '"vat": "22", "vat": "0"'), "vat stands twice"),
        ("[" * 100_000, "Invalid JSON: recursion limit exceeded"),
        (WHOLE.replace('"22"', "[" * 150 + "]" * 150), "lines[0].vat: the rate is a string"),
        (WHOLE.replace('"22"', "NaN"), "lines[0].vat: the rate is a string"),
        (WHOLE.replace("Naro", "\\ud800"), "Invalid JSON"),
        (WHOLE.replace('"22"', "1" * 5_000), "Invalid JSON: number out of range"),
    ],
)
async def test_a_row_that_is_no_document(row: str | bytes, because: str) -> None:
    assert because in await refused(row)


async def test_what_does_not_belong_together() -> None:
    ana, bojan = await a_person("Ana Zupan"), await a_person("Bojan Kralj")
    theirs = a_document(bojan.account)
    wrong: list[tuple[Document, str]] = [
        (a_document(an_account("7777777")), "there is no account 7777777"),
        (a_document(ana.account, reference=theirs["reference"]), f"the reference is that of {theirs['number']}"),
        (a_document(ana.account, lines=[a_line(line=bojan.line.number)]), f"has no line {bojan.line.number}"),
        (a_document(ana.account, lines=[a_line(contract="P9")]), "lines[0]: the account has no contract P9"),
        (a_document(ana.account, calls=[CALL | {"line": bojan.line.number}]), f"has no line {bojan.line.number}"),
        (a_document(ana.account, allowances=[{"kind": "data", "used": 1, "line": "F1"}]), "has no line F1"),
        (a_credit_note(ana.account, corrects=theirs["number"]), f"the account has no bill {theirs['number']}"),
        (a_credit_note(ana.account, corrects="N0"), "the account has no bill N0 to correct; a correction comes after"),
    ]

    done = await bring_in(theirs, *(document for document, _ in wrong))

    assert done.arrived == 1
    for aside, (_, because) in zip(done.set_aside, wrong, strict=True):
        assert because in aside.reason


async def test_a_line_of_another_contract_of_the_same_account() -> None:
    ana = await a_person("Ana Zupan")
    bojan = await a_person("Bojan Kralj")
    await type(bojan.contract).update({"account": ana.account.id}).where(type(bojan.contract).id == bojan.contract.id)

    because = await refused(
        a_document(ana.account, lines=[a_line(line=ana.line.number, contract=bojan.contract.number)])
    )

    assert because == f"lines[0]: line {ana.line.number} is not of contract {bojan.contract.number}"


async def test_nothing_corrects_a_credit_note() -> None:
    ana = await a_person("Ana Zupan")
    first = a_credit_note(ana.account)

    assert "is a credit note, which nothing corrects" in await refused(
        first, a_document(ana.account, kind="debit_note", corrects=first["number"])
    )


async def test_the_good_ones_around_bad_ones_come_in_and_lines_are_counted_as_an_editor_does() -> None:
    ana = await a_person("Ana Zupan")
    first, last = a_document(ana.account), everything_on_a_bill(ana)
    file = b"\xef\xbb\xbf" + json.dumps(first).encode() + b"\r\n\r\n  \r\n{}\r\n" + json.dumps(last).encode()

    done = await bring_in(file)

    assert done.arrived == 2
    assert [(aside.line, aside.row) for aside in done.set_aside] == [(4, b"{}")]
    assert "number: Field required (and 9 more)" in done.set_aside[0].reason


async def test_whole_numbers_called_are_not_set_aside_and_a_mended_bill_comes_in() -> None:
    ana = await a_person("Ana Zupan")
    whole = everything_on_a_bill(ana)
    whole["calls"][0]["other_party"] = "+38640123456"
    strange = {"otherParty": "+38640123456", "calls": [{"other_party": 386_40123456}, "+38640123456"]}

    done = await bring_in(whole | {"total": 58.98}, a_document(ana.account) | strange, '{"other_party": "40123456"')

    first, second, third = (aside.row for aside in done.set_aside)
    assert b"456" not in (first or b"") + (second or b"")
    assert third is None
    mended = json.loads(first or b"") | {"total": "58.98"}
    whole["calls"][0]["other_party"] = "+38640123***"
    assert mended == whole
    assert (await bring_in(mended)).arrived == 1


async def test_a_line_of_fifty_megabytes_is_passed_over() -> None:
    ana = await a_person("Ana Zupan")
    endless = b'{"number": "' + b"1" * 50_000_000 + b'"}'

    done = await bring_in(a_document(ana.account), endless, a_document(ana.account))

    assert done.arrived == 2
    assert [(aside.line, aside.reason, aside.row) for aside in done.set_aside] == [
        (2, "the line is longer than 16 MB", None)
    ]


def test_a_line_as_long_as_the_limit_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LONGEST_ROW", 8)

    read = [(row.line, row.content) for row in rows_of(io.BytesIO(b"1234567\n12345678\n123456789\n12\n12345678"))]

    assert read == [(1, b"1234567"), (2, None), (3, None), (4, b"12"), (5, None)]


def test_a_packed_file_and_one_that_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "bills.ndjson.gz"
    documents = [a_document(ACCOUNT) for _ in range(2_000)]
    file.write_bytes(gzip.compress(packed(documents)))
    with opened(str(file)) as (stream, _):
        assert sum(1 for _ in rows_of(stream)) == 2_000

    file.write_bytes(file.read_bytes()[:-2_000])
    with opened(str(file)) as (stream, _), pytest.raises(Cut):
        list(rows_of(stream))


def test_no_fault_is_told_with_the_values_of_the_row() -> None:
    """The reasons stand on terminals and in mails about them."""
    secret: Any = "Skrivnost"
    for changes in ({"number": secret * 9}, {"lines": [a_line(vat=secret)]}, {"issued_on": secret}):
        with pytest.raises(BadRow) as refusal:
            parse(json.dumps(a_document(ACCOUNT) | changes).encode(), TODAY)
        assert secret not in str(refusal.value)


async def test_nothing_of_a_bad_row_is_written() -> None:
    ana = await a_person("Ana Zupan")

    await refused(a_document(ana.account, "5.00", lines=[a_line()]))

    assert not await Bill.exists()
