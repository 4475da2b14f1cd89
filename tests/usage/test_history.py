"""The last thirteen periods as bars and as a table: the same numbers, gaps as gaps, and ways to each day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from portal import clock
from portal.customers.quantities import AllowanceKind
from tests.people import NOON, Person, a_person, signed_in
from tests.usage.measurements import GB, MINUTE, an_allowance, spending
from tests.visiting import Page, Visitor


@pytest.fixture
async def ana(visit: Visitor) -> AsyncIterator[Person]:
    with clock.stopped_at(NOON):
        ana = await a_person("Ana Zupan")
        await signed_in(visit, ana, at=NOON)
        yield ana


def said(page: Page) -> dict[str, str]:
    return {
        " ".join(row.find("th").xpath("string()").split()): row.find("td").xpath("string()").replace("\u202f", " ")
        for row in page.all("figure tbody tr")
    }


def months(count: int) -> list[date]:
    return [date(2026 + (10 - n) // 12, (10 - n) % 12 + 1, 1) for n in range(count)]


async def test_thirteen_periods_the_newest_first(visit: Visitor, ana: Person) -> None:
    for n, first in enumerate(months(15)):
        await an_allowance(ana.line, used=(n + 1) * GB, since=first)

    page = await visit.get("/usage")

    rows = said(page)
    assert len(rows) == 13
    assert next(iter(rows.items())) == ("november 2026 (še traja)", "1\xa0GB")
    assert rows["november 2025"] == "13\xa0GB"
    assert page.one("figure figcaption small").text == "v GB"
    assert [node.text for node in page.all("figure .now [y]:not([height])")] == ["1,0", "nov"]


async def test_a_period_without_a_measurement_is_a_gap_and_not_zero(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, used=GB, since=date(2026, 8, 1))
    await an_allowance(ana.line, used=0, since=date(2026, 10, 1))
    await an_allowance(ana.line, used=GB)

    page = await visit.get("/usage")

    assert list(said(page).values()) == ["1\xa0GB", "0\xa0MB", "ni podatka", "1\xa0GB"]
    assert [node.text for node in page.all("figure [y]:not([height]):not([class])")] == ["1,0", "–", "0", "1,0"]


async def test_little_is_not_shown_as_nothing(visit: Visitor, ana: Person) -> None:
    await spending(ana.line, 32, since=date(2026, 10, 1))
    await spending(ana.line, 0)

    page = await visit.get("/usage?of=spending")

    assert [node.text for node in page.all("figure [y]:not([height]):not([class])")] == ["<1", "0"]


async def test_extra_packages_count_with_the_period_they_were_bought_in(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, used=5 * GB, since=date(2026, 10, 1))
    await an_allowance(ana.line, "extra", used=2 * GB, since=date(2026, 10, 28), until=date(2026, 11, 3))
    await an_allowance(ana.line, used=GB)

    assert said(await visit.get("/usage")) == {"november 2026 (še traja)": "1\xa0GB", "oktober 2026": "7\xa0GB"}


async def test_of_what_is_shared_her_own_counts(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, used=15 * GB, shared_by=4, own_used=3 * GB, since=date(2026, 10, 1))
    await an_allowance(ana.line, used=8 * GB, shared_by=4, own_used=2 * GB)

    page = await visit.get("/usage")
    assert list(said(page).values()) == ["2\xa0GB", "3\xa0GB"]
    assert "Všteta je tudi poraba drugih" not in page.text


async def test_what_nobody_told_apart_is_said_to_be_of_all(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, used=15 * GB, shared_by=4, since=date(2026, 10, 1))
    await an_allowance(ana.line, used=8 * GB, shared_by=4)

    assert "Všteta je tudi poraba drugih" in (await visit.get("/usage")).text


async def test_what_the_bars_show_is_chosen_by_a_link(visit: Visitor, ana: Person) -> None:
    for first in months(2):
        await an_allowance(ana.line, since=first)
        await an_allowance(ana.line, "calls", kind=AllowanceKind.CALLS, used=90 * MINUTE, included=None, since=first)
        await spending(ana.line, 1_234, since=first)

    page = await visit.get("/usage")
    links = {node.text: node.get("href") or "" for node in page.all(".picks a")}
    assert list(links) == ["Prenos podatkov", "Klici", "Poraba nad paketom"]

    assert set(said(await visit.get(links["Klici"])).values()) == {"90\xa0min"}
    assert set(said(await visit.get(links["Poraba nad paketom"])).values()) == {"12,34 €"}
    assert said(await visit.get("/usage?of=gold")) == said(page), "what there is no such thing of is not asked for"


async def test_the_bars_come_alone_when_htmx_asks(visit: Visitor, ana: Person) -> None:
    for first in months(2):
        await spending(ana.line, 100, since=first)

    part = await visit.get("/usage?of=spending", headers={"hx-request": "true", "hx-target": "section#history"})

    assert part.html.lstrip().startswith('<section class="section" id="history">')


async def test_alone_without_anything_to_show_it_is_the_whole_page(visit: Visitor, ana: Person) -> None:
    page = await visit.get("/usage", headers={"hx-request": "true", "hx-target": "section#history"})

    assert page.one("h1").text == "Poraba"


async def test_one_period_alone_is_no_chart(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line)

    page = await visit.get("/usage")

    assert not page.all("figure, #history")


async def test_of_what_is_known_for_one_period_only_there_is_nothing_to_compare(visit: Visitor, ana: Person) -> None:
    for first in months(2):
        await an_allowance(ana.line, since=first)
    await spending(ana.line, 100)

    page = await visit.get("/usage?of=spending")

    assert not page.all("figure") and "Za primerjavo je podatkov še premalo." in page.text


async def test_each_period_leads_to_its_days_while_they_are_kept(visit: Visitor, ana: Person) -> None:
    for first in months(9):
        await an_allowance(ana.line, used=GB, since=first)

    page = await visit.get("/usage")

    links = [node.get("href") for node in page.all("figure tbody a")]
    assert links[0] == f"/usage/days?line={ana.line.id}&from=2026-11-01&to=2026-11-30&of=data"
    assert len(links) == 7, "this month and the six that are kept"


async def test_a_period_that_is_no_month_is_called_by_its_days(visit: Visitor, ana: Person) -> None:
    await an_allowance(ana.line, since=date(2026, 10, 4), until=date(2026, 11, 3))
    await an_allowance(ana.line, since=date(2026, 11, 4), until=date(2026, 12, 3))

    assert "4. 11. 2026 – 3. 12. 2026 (še traja)" in said(await visit.get("/usage"))
