"""Itemised usage as a file for spreadsheets: every call once, nothing that calculates, no number shown whole."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from portal import clock
from portal.billing.file_limits import CALLS_SAVED
from portal.billing.tables import Bill, BilledCall, BillLineKind
from portal.customers.quantities import CallKind
from portal.identity.tables import Login
from tests.billing.bill_rows import a_bill_of, line_of
from tests.people import Person, a_person, saved, signed_in
from tests.visiting import Visitor

SUMMER = datetime(2026, 7, 1, 22, 30, 5, tzinfo=UTC)
"""Half past midnight of the next day, in Ljubljana."""
HEAD = [
    *("Številka", "Datum", "Čas", "Kaj", "S kom", "Omrežje ali država"),
    *("Količina", "Enota", "Znesek z DDV (EUR)"),
]


@pytest.fixture
async def ana(visit: Visitor) -> Person:
    ana = await a_person("Ana Zupan")
    await signed_in(visit, ana)
    return ana


async def a_bill(owner: Person) -> Bill:
    return await a_bill_of(owner, line_of(BillLineKind.USAGE, "Klici", 1_000, owner.line.id))


def a_call(
    bill: Bill,
    line: UUID | None,
    other: str | None = "+38631123***",
    *,
    kind: CallKind = CallKind.CALL,
    at: datetime = SUMMER,
    place: str | None = None,
    quantity: int = 205,
    cents: int = 0,
) -> BilledCall:
    return BilledCall(
        bill=bill.id,
        line=line,
        kind=kind,
        began_at=at,
        other_party=other,
        place=place,
        quantity=quantity,
        amount_cents=cents,
    )


async def rows_at(visit: Visitor, bill: Bill) -> list[list[str]]:
    content = (await visit.get(f"/bills/{bill.id}.csv")).response.content
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


async def test_each_call_is_a_row_in_the_customers_time_and_money(visit: Visitor, ana: Person) -> None:
    bill = await a_bill(ana)
    await saved(a_call(bill, ana.line.id, cents=1_234, place="Češka"))
    await saved(
        a_call(bill, ana.line.id, None, kind=CallKind.DATA, at=SUMMER + timedelta(hours=1), quantity=14 * 10**6)
    )

    head, *rows = await rows_at(visit, bill)

    assert head == HEAD
    number = f"041 {ana.line.number[6:9]} {ana.line.number[9:]}"
    assert rows == [
        [number, "2026-07-02", "00:30:05", "Klic", "031123***", "Češka", "205", "s", "12,34"],
        [number, "2026-07-02", "01:30:05", "Prenos podatkov", "", "", "14000000", "B", "0,00"],
    ]


async def test_it_is_saved_as_excel_in_slovenia_opens_it(visit: Visitor, ana: Person) -> None:
    bill = await a_bill(ana)
    await saved(a_call(bill, ana.line.id))

    response = (await visit.get(f"/bills/{bill.id}.csv", headers={"accept-encoding": "zstd, br"})).response

    assert response.content.startswith("\ufeffŠtevilka;Datum".encode())
    assert response.content.endswith(b"\r\n")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"].startswith(f'attachment; filename="Racun {bill.number}.csv"')
    assert response.headers["content-length"] == str(len(response.content))
    assert "content-encoding" not in response.headers


async def test_in_english_with_a_decimal_point(visit: Visitor, ana: Person) -> None:
    assert ana.login is not None
    await Login.update({Login.language: "en"}).where(Login.id == ana.login.id)
    bill = await a_bill(ana)
    await saved(a_call(bill, ana.line.id, cents=1_234))

    head, row = await rows_at(visit, bill)

    assert head[0] == "Number"
    assert row[-1] == "12.34"


@pytest.mark.parametrize("place", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
async def test_no_cell_calculates(visit: Visitor, ana: Person, place: str) -> None:
    bill = await a_bill(ana)
    await saved(a_call(bill, ana.line.id, "=cmd***", place=place))

    _, row = await rows_at(visit, bill)

    assert row[4] == "'=cmd***"
    assert row[5] == f"'{place}"


@pytest.mark.parametrize(
    ("kept", "written"),
    [("+38631123***", "031123***"), ("+43664123***", "0043664123***"), ("1***", "1***"), (None, "")],
)
async def test_numbers_keep_their_digits_and_hide_the_last_three(
    visit: Visitor, ana: Person, kept: str | None, written: str
) -> None:
    bill = await a_bill(ana)
    await saved(a_call(bill, ana.line.id, kept))

    _, row = await rows_at(visit, bill)

    assert row[4] == written


async def test_calls_of_no_line_and_of_other_bills(visit: Visitor, ana: Person) -> None:
    bill, other = await a_bill(ana), await a_bill(ana)
    await saved(a_call(bill, None))
    await saved(a_call(other, ana.line.id))

    _, *rows = await rows_at(visit, bill)

    assert [row[0] for row in rows] == [""]


async def test_ten_thousand_calls_come_once_each_and_in_order(visit: Visitor, ana: Person) -> None:
    bill = await a_bill(ana)
    calls = [a_call(bill, ana.line.id, at=SUMMER + timedelta(seconds=n // 3), quantity=n) for n in range(12_000)]
    for first in range(0, len(calls), 2_000):
        await BilledCall.insert(*calls[first : first + 2_000])

    _, *rows = await rows_at(visit, bill)

    assert sorted(int(row[6]) for row in rows) == list(range(12_000))
    assert [row[1:3] for row in rows] == sorted(row[1:3] for row in rows)


async def test_who_saves_them_all_the_time_is_asked_to_wait(visit: Visitor, ana: Person) -> None:
    bill = await a_bill(ana)
    assert ana.login is not None
    for _ in range(CALLS_SAVED.most):
        await CALLS_SAVED.take(str(ana.login.id), clock.now())

    await visit.get(f"/bills/{bill.id}.csv", status=429)


async def test_a_bill_without_calls_has_only_its_head(visit: Visitor, ana: Person) -> None:
    assert await rows_at(visit, await a_bill(ana)) == [HEAD]
