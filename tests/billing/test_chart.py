"""The chart of thirteen months: bars for who sees them, a table for everybody, and the same sums in both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.billing.listing.chart import Unit, chart_of
from portal.billing.tables import BillKind
from portal.money import Money
from portal.web.charts import LABEL, LESS_THAN_ONE, PLOT, SHORTEST_BAR
from tests.billing.lists import change, monthly
from tests.people import NOON, TODAY, Person, a_person, signed_in
from tests.visiting import Page, Visitor

MONTHS = st.dictionaries(
    st.dates(date(2025, 1, 1), date(2026, 12, 31)).map(lambda day: day.replace(day=1)),
    st.one_of(st.integers(-(10**5), 10**5), st.integers(-9 * 10**10, 9 * 10**10)).map(Money),
    max_size=24,
)
DAYS = st.dates(date(2025, 6, 1), date(2026, 12, 31))


BARS = "figure [y][height]"
"""Elements of SVG have a namespace, which selectors do not name."""


@pytest.fixture
async def ana(visit: Visitor) -> AsyncIterator[Person]:
    with clock.stopped_at(NOON):
        ana = await a_person("Ana Zupan")
        await signed_in(visit, ana, at=NOON)
        yield ana


def rows(page: Page) -> dict[str, str]:
    return {
        "".join(row.find("th").itertext()): "".join(row.find("td").itertext()).replace("\u202f", " ")
        for row in page.all("figure tbody tr")
    }


async def test_the_table_says_what_the_bars_show_the_newest_month_first(visit: Visitor, ana: Person) -> None:
    await monthly(ana, 14, 3_499)

    page = await visit.get("/bills")

    said = rows(page)
    assert next(iter(said)) == "november 2026 (ta mesec)"
    assert next(reversed(said)) == "november 2025"
    assert set(said.values()) == {"34,99 €"} and len(said) == 13
    assert page.one("figure > [aria-hidden=true]").get("height")
    assert page.one("figure summary").text == "Prikaži kot tabelo"
    assert len(page.all(BARS)) == 13
    assert [node.text for node in page.all("figure .now [y]:not([height])")] == ["35", "nov"]


async def test_months_without_a_bill_are_gaps_and_several_bills_one_bar(visit: Visitor, ana: Person) -> None:
    await ana.bill(1_000, issued=date(2026, 9, 5), due=date(2026, 9, 23), open_cents=0)
    await ana.bill(2_500, issued=date(2026, 9, 15), due=date(2026, 9, 30), open_cents=0)
    await ana.bill(4_000, issued=TODAY - timedelta(days=3), due=TODAY)

    page = await visit.get("/bills")

    said = rows(page)
    assert (said["september 2026"], said["oktober 2026"]) == ("35,00 €", "0,00 €")
    assert len(page.all(BARS)) == 2


async def test_credit_notes_are_taken_off_the_month_they_were_issued_in(visit: Visitor, ana: Person) -> None:
    bill = await ana.bill(3_000, issued=date(2026, 10, 5), due=date(2026, 10, 23), open_cents=0)
    note = await ana.bill(1_000, issued=date(2026, 11, 5), due=date(2026, 11, 23), open_cents=0)
    await change(note, kind=BillKind.CREDIT_NOTE, total_cents=-4_500, corrects=bill.id)

    said = rows(await visit.get("/bills"))

    assert said["november 2026 (ta mesec)"] == "−45,00 €"
    assert said["oktober 2026"] == "30,00 €"


async def test_one_month_alone_is_no_chart(visit: Visitor, ana: Person) -> None:
    await ana.bill(1_000, issued=TODAY, due=TODAY)
    await ana.bill(2_000, issued=TODAY, due=TODAY)

    assert not (await visit.get("/bills")).all("figure")


@given(MONTHS, DAYS)
def test_the_bars_sum_to_what_was_billed_in_the_thirteen_months(totals: dict[date, Money], today: date) -> None:
    months = chart_of(totals, today, "sl").months

    since, until = months[0].first, months[-1].first
    assert (
        len(months) == 13
        and until == today.replace(day=1)
        and (since.month, since.year + 1) == (today.month, today.year)
    )
    assert Money.sum(month.total for month in months) == Money.sum(
        total for month, total in totals.items() if since <= month <= until
    )
    assert [month.is_current for month in months] == [False] * 12 + [True]


@given(MONTHS, DAYS)
def test_a_bar_is_as_high_as_its_share_and_stays_in_the_drawing(totals: dict[date, Money], today: date) -> None:
    chart = chart_of(totals, today, "sl")
    drawing = chart.drawing
    cents = [month.total.cents for month in chart.months]
    span = max(0, *cents) - min(0, *cents)

    for amount, bar in zip(cents, drawing.bars, strict=True):
        assert bar.height == (max(SHORTEST_BAR, abs(amount) * PLOT // span) if amount else 0)
        assert bar.y + bar.height <= drawing.height - 2 * LABEL + SHORTEST_BAR
        assert bar.y >= LABEL - SHORTEST_BAR
        assert 8 <= bar.label_y <= drawing.height - 2 * LABEL
        assert bar.y + (0 if amount < 0 else bar.height) == drawing.base, "it stands on zero"


@given(MONTHS, DAYS, st.sampled_from(["sl", "en"]))
def test_no_label_is_wider_than_its_column_on_a_phone(totals: dict[date, Money], today: date, language: str) -> None:
    chart = chart_of(totals, today, language)
    drawing = chart.drawing

    for month, bar in zip(chart.months, drawing.bars, strict=True):
        assert len(bar.label) <= 4
        said = float(bar.label.replace("−", "-").replace(",", ".").replace(LESS_THAN_ONE, "0"))
        assert (bar.label == "0") is (month.total.cents == 0), "what is little is not nothing"
        assert abs(said * drawing.unit - month.total.cents) <= drawing.unit / 2
    assert all(left.middle < right.left for left, right in zip(drawing.bars, drawing.bars[1:], strict=False))
    assert drawing.bars[-1].left + drawing.width < 100


def test_the_unit_follows_the_largest_month() -> None:
    def unit(cents: int) -> int:
        return chart_of({date(2026, 11, 1): Money(cents)}, TODAY, "sl").drawing.unit

    assert [unit(99_949), unit(99_950), unit(99_949_999), unit(99_950_000)] == [
        Unit.EURO,
        Unit.THOUSAND,
        Unit.THOUSAND,
        Unit.MILLION,
    ]
    assert chart_of({date(2026, 11, 1): Money(123_456)}, TODAY, "en").drawing.bars[-1].label == "1.2"
