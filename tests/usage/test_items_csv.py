"""Itemised use as a file for spreadsheets: what the page was asked for, whole, and nothing that calculates."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from portal import clock
from portal.customers.quantities import CallKind
from portal.usage.item_pages import FILES_SAVED
from tests.people import NOON, Person, a_person, signed_in
from tests.usage.measurements import a_record
from tests.visiting import Visitor


@pytest.fixture
async def ana(visit: Visitor) -> AsyncIterator[Person]:
    with clock.stopped_at(NOON):
        ana = await a_person("Ana Zupan")
        await signed_in(visit, ana, at=NOON)
        yield ana


async def rows_at(visit: Visitor, path: str) -> list[list[str]]:
    content = (await visit.get(path)).response.content
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))[1:]


async def test_the_link_on_the_page_saves_what_the_page_shows(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line, CallKind.SMS, 1, at=datetime(2026, 11, 2, 23, 30, tzinfo=UTC), cents=12)
    await a_record(ana.line)

    page = await visit.get("/usage/items?kind=sms")
    [row] = await rows_at(visit, page.one("a[href*='.csv']").get("href") or "")

    number = f"041 {ana.line.number[6:9]} {ana.line.number[9:]}"
    assert row == [number, "2026-11-03", "00:30:00", "SMS", "031123***", "", "1", "", "0,12"]


async def test_the_oldest_first_and_more_than_a_page(visit: Visitor, ana: Person) -> None:
    for n in range(120):
        await a_record(ana.line, quantity=n, at=datetime(2026, 11, 2, 12, n // 60, n % 60, tzinfo=UTC))

    rows = await rows_at(visit, "/usage/items.csv")

    assert [int(row[6]) for row in rows] == list(range(120))


async def test_it_is_named_for_the_number_and_the_days(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line)

    headers = (await visit.get("/usage/items.csv?from=2026-11-01&to=2026-11-30")).response.headers

    assert headers["content-disposition"].startswith(f'attachment; filename="Poraba 041 {ana.line.number[6:9]}')
    assert "2026-11-01 2026-11-30.csv" in headers["content-disposition"]
    assert headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("place", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
async def test_no_cell_calculates(visit: Visitor, ana: Person, place: str) -> None:
    await a_record(ana.line, other="=cmd***", place=place)

    [row] = await rows_at(visit, "/usage/items.csv")

    assert row[4:6] == ["'=cmd***", f"'{place}"]


async def test_what_cannot_be_understood_is_no_file(visit: Visitor, ana: Person) -> None:
    await visit.get("/usage/items.csv?from=x", status=404)


async def test_who_saves_them_all_the_time_is_asked_to_wait(visit: Visitor, ana: Person) -> None:
    assert ana.login is not None
    for _ in range(FILES_SAVED.most):
        await FILES_SAVED.take(str(ana.login.id), NOON)

    await visit.get("/usage/items.csv", status=429)
