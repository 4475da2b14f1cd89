"""Itemised use: each record once, the newest first, filtered by a form that works without JavaScript."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from portal import clock
from portal.customers.quantities import CallKind
from portal.usage.items import PAGE
from tests.people import NOON, Person, a_person, signed_in
from tests.usage.measurements import a_record
from tests.visiting import Page, Visitor


@pytest.fixture
async def ana(visit: Visitor) -> AsyncIterator[Person]:
    with clock.stopped_at(NOON):
        ana = await a_person("Ana Zupan")
        await signed_in(visit, ana, at=NOON)
        yield ana


def rows(page: Page) -> list[list[str]]:
    return [
        [" ".join(cell.xpath("string()").replace("\xa0", " ").replace("\u202f", " ").split()) for cell in row]
        for row in page.all("table.calls tbody tr")
    ]


async def test_a_call_with_whom_how_long_and_for_how_much(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line, cents=45, place="Češka", is_abroad=True)

    page = await visit.get("/usage/items")

    assert rows(page) == [["21. 11. 2026 ob 12.00", "Klic, 031 123 ***Češka, v tujini", "3 min 25 s", "0,45 €"]]
    assert "Posamezne zapise hranimo 6 mesecev." in page.text
    assert "zadnje tri števke drugih številk skrijemo" in page.text


async def test_the_sums_are_of_all_that_was_asked_for(visit: Visitor, ana: Person) -> None:
    for _ in range(2):
        await a_record(ana.line, quantity=65, cents=10)
    await a_record(ana.line, CallKind.DATA, 15 * 10**8, other=None)

    page = await visit.get("/usage/items")

    sums = [" ".join(row.xpath("string()").replace("\xa0", " ").split()) for row in page.all(".positions li")]
    assert sums[0].startswith("Klici2 zapisa, 3 min") and sums[1].startswith("Prenos podatkov1 zapis, 1,5 GB")
    assert "Poraba nad paketom0,20 €" in page.one(".total").xpath("string()").replace("\u202f", " ")


async def test_she_filters_by_kind_days_and_place(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line)
    await a_record(ana.line, CallKind.SMS, 1)
    await a_record(ana.line, CallKind.SMS, 1, is_abroad=True)
    await a_record(ana.line, CallKind.SMS, 1, is_abroad=True, at=NOON - timedelta(days=9))

    page = await visit.get("/usage/items")
    form = page.form_to("/usage/items").fill(kind="sms", abroad="yes", **{"from": "2026-11-20"})
    found = await visit.get(f"{form.action}?{'&'.join(f'{name}={value}' for name, value in form.fields.items())}")

    assert len(rows(page)) == 4
    assert [row[1] for row in rows(found)] == ["SMS, 031 123 ***v tujini"]
    assert found.form_to("/usage/items").fields["from"] == "2026-11-20"


async def test_a_day_is_the_customers_day(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line, at=datetime(2026, 11, 9, 23, 30, tzinfo=UTC))

    assert len(rows(await visit.get("/usage/items?from=2026-11-10&to=2026-11-10"))) == 1
    assert not rows(await visit.get("/usage/items?from=2026-11-09&to=2026-11-09"))


async def test_a_hundred_a_page_and_none_twice_or_lost(visit: Visitor, ana: Person) -> None:
    for n in range(2 * PAGE + 5):
        await a_record(ana.line, quantity=n, at=NOON - timedelta(minutes=n // 7))

    page = await visit.get("/usage/items")
    seen = [rows(page)]
    while older := page.all("a[rel=next]"):
        page = await visit.get(older[0].get("href") or "")
        seen.append(rows(page))

    assert [len(part) for part in seen] == [PAGE, PAGE, 5]
    assert len({row[2] for part in seen for row in part}) == 2 * PAGE + 5
    assert not page.all(".positions"), "the sums stand on the first page"


async def test_what_was_taken_back_and_what_is_anothers_is_not_there(visit: Visitor, ana: Person) -> None:
    helena = await a_person("Helena Golob")
    await a_record(ana.line, is_taken_back=True)
    await a_record(helena.line)

    page = await visit.get("/usage/items")

    assert not rows(page) and "Za te dni nimamo klicev, sporočil ali prenosov podatkov." in page.text
    assert not page.all("a[href*='.csv']")


async def test_older_than_is_kept_is_said(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line, at=datetime(2026, 5, 1, 12, tzinfo=UTC))

    page = await visit.get("/usage/items?from=2026-01-01&to=2026-06-01")

    assert "Zapisov pred 1. 5. 2026 ne hranimo več" in page.text
    assert len(rows(page)) == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=prvega", "Izberite dan, na primer 2026-11-30."),
        ("to=2026-13-01", "Izberite dan, na primer 2026-11-30."),
        ("from=2026-11-09&to=2026-11-01", "Prvi dan je za zadnjim."),
        ("kind=fax", "Izberite eno od možnosti na seznamu."),
        ("abroad=maybe", "Izberite eno od možnosti na seznamu."),
    ],
)
async def test_what_cannot_be_understood_is_said_at_the_field(
    visit: Visitor, ana: Person, query: str, said: str
) -> None:
    await a_record(ana.line)

    page = await visit.get(f"/usage/items?{query}", status=400)

    assert said in page.text and not rows(page)
    assert page.all("[aria-invalid]")


async def test_a_place_that_is_not_ours_begins_at_the_top(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line)

    for place in ("x", "2026-11-21", "2026-11-21T10:00:00~a~b", "~~"):
        assert len(rows(await visit.get(f"/usage/items?before={place}"))) == 1


@pytest.mark.parametrize("query", ["to=0001-01-01", "to=9999-12-31", "from=9999-12-31"])
async def test_a_day_at_the_ends_of_the_calendar_is_a_slip(visit: Visitor, ana: Person, query: str) -> None:
    await visit.get(f"/usage/items?{query}", status=400)
    await visit.get(f"/usage/items.csv?{query}", status=404)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
async def test_nor_is_a_place_there(visit: Visitor, ana: Person, moment: str) -> None:
    await a_record(ana.line)

    assert len(rows(await visit.get(f"/usage/items?before={quote(moment)}~a~b"))) == 1
