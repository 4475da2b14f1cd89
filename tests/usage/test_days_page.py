"""Use by day: from single records, in Slovenia's days, within a period that is chosen by a link."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from portal import clock
from portal.customers.quantities import CallKind
from tests.people import NOON, Person, a_person, signed_in
from tests.usage.measurements import a_record, spending
from tests.visiting import Page, Visitor

MB = 10**6


@pytest.fixture
async def ana(visit: Visitor) -> AsyncIterator[Person]:
    with clock.stopped_at(NOON):
        ana = await a_person("Ana Zupan")
        await signed_in(visit, ana, at=NOON)
        yield ana


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def said(page: Page) -> dict[str, str]:
    return {
        row.find("th").xpath("string()"): row.find("td").xpath("string()").replace("\xa0", " ").replace("\u202f", " ")
        for row in page.all("figure tbody tr")
    }


async def test_each_day_of_the_month_in_the_customers_time(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line, CallKind.DATA, 300 * MB, at=at(11, 3))
    await a_record(ana.line, CallKind.DATA, 200 * MB, at=at(11, 3, 23))
    await a_record(ana.line, CallKind.DATA, 50 * MB, at=at(10, 31, 23))

    days = said(await visit.get("/usage/days"))

    assert len(days) == 30
    assert days["V nedeljo, 1. novembra"] == "50 MB", "half past midnight, in Ljubljana"
    assert days["V torek, 3. novembra"] == "300 MB" and days["V sredo, 4. novembra"] == "200 MB"
    assert days["V četrtek, 5. novembra"] == "0 MB"


async def test_a_day_that_has_not_come_is_not_zero(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line, CallKind.DATA, MB)

    days = said(await visit.get("/usage/days"))

    assert days["V soboto, 21. novembra"] == "1 MB"
    assert days["V nedeljo, 22. novembra"] == "ni podatka"


async def test_of_the_days_after_the_last_measurement_nobody_knows(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line, CallKind.DATA, MB, at=at(11, 17))
    await spending(ana.line, 0, at=at(11, 19))

    page = await visit.get("/usage/days")

    days = said(page)
    assert days["V sredo, 18. novembra"] == days["V četrtek, 19. novembra"] == "0 MB"
    assert days["V petek, 20. novembra"] == days["V soboto, 21. novembra"] == "ni podatka"
    assert "Za dni po 19. 11. 2026 podatkov še nismo dobili." in page.text


async def test_a_record_after_it_is_known_still(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line, CallKind.DATA, MB, at=at(11, 21))
    await spending(ana.line, 0, at=at(11, 19))

    days = said(await visit.get("/usage/days"))

    assert days["V petek, 20. novembra"] == "0 MB" and days["V soboto, 21. novembra"] == "1 MB"


async def test_names_below_the_bars_do_not_touch(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line, CallKind.DATA, MB, at=at(11, 20))

    page = await visit.get("/usage/days?from=2026-11-14&to=2026-12-13")

    assert [node.text for node in page.all("figure .month")] == ["14.", "20.", "25.", "30.", "5.", "10."]


async def test_what_was_taken_back_does_not_count(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line, CallKind.SMS, 1)
    await a_record(ana.line, CallKind.SMS, 1, is_taken_back=True)
    await a_record(ana.line, CallKind.MMS, 1)

    assert said(await visit.get("/usage/days"))["V soboto, 21. novembra"] == "2 sporočili"


async def test_what_is_shown_is_chosen_by_a_link(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line, CallKind.DATA, MB)
    await a_record(ana.line, CallKind.CALL, 125, cents=45)

    page = await visit.get("/usage/days")
    links = {node.text: node.get("href") or "" for node in page.all("#by_day > section:first-child .picks a")}

    assert list(links) == ["Prenos podatkov", "Klici", "Poraba nad paketom"]
    assert said(await visit.get(links["Klici"]))["V soboto, 21. novembra"] == "3 min"
    assert said(await visit.get(links["Poraba nad paketom"]))["V soboto, 21. novembra"] == "0,45 €"


async def test_another_period_is_chosen_by_a_link(visit: Visitor, ana: Person) -> None:
    for first in (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)):
        await spending(ana.line, 0, since=first)
    await a_record(ana.line, CallKind.DATA, 7 * MB, at=at(10, 9))

    page = await visit.get("/usage/days")
    links = {
        " ".join((node.text or "").split()): node.get("href") or ""
        for node in page.all("#by_day > section:nth-of-type(2) .picks a")
    }
    october = await visit.get(links["oktober 2026"])

    assert list(links) == ["november 2026", "oktober 2026", "september 2026"]
    assert len(said(october)) == 31 and said(october)["V petek, 9. oktobra"] == "7 MB"
    assert "Ni zapisov" in page.text, "of November nothing has come"


async def test_days_that_are_kept_no_longer_are_not_zero(visit: Visitor, ana: Person) -> None:
    await a_record(ana.line, CallKind.DATA, MB, at=at(5, 2))

    page = await visit.get("/usage/days?from=2026-04-15&to=2026-05-14")

    days = said(page)
    assert days["V četrtek, 30. aprila"] == "ni podatka" and days["V petek, 1. maja"] == "0 MB"
    assert "hranimo od 1. 5. 2026" in page.text


@pytest.mark.parametrize(
    "query",
    [
        "from=x&to=y",
        "from=0001-01-01&to=0001-01-31",
        "from=9999-12-01&to=9999-12-31",
        "from=2026-11-30&to=2026-11-01",
        "from=2020-01-01&to=2026-11-30",
        "to=2026-11-05",
        "of=gold",
    ],
)
async def test_an_address_that_is_not_ours_shows_this_month(visit: Visitor, ana: Person, query: str) -> None:
    await a_record(ana.line, CallKind.DATA, MB)

    assert len(said(await visit.get(f"/usage/days?{query}"))) == 30


async def test_only_the_highest_day_has_a_label(visit: Visitor, ana: Person) -> None:
    for day, used in ((2, 10), (3, 30), (4, 20)):
        await a_record(ana.line, CallKind.DATA, used * MB, at=at(11, day))

    page = await visit.get("/usage/days")

    assert [node.text for node in page.all("figure [y]:not([height]):not([class])")] == ["30"]
