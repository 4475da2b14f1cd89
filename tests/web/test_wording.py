"""Days, moments and months as CLDR writes them, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from gettext import c2py

from babel.dates import format_date
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from portal.settings import ROOT
from portal.web import wording

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))


@given(days)
def test_a_day_is_written_with_its_weekday(day: date) -> None:
    accusative = {"sreda": "sredo", "sobota": "soboto", "nedelja": "nedeljo"}
    weekday = format_date(day, "EEEE", locale="sl")

    genitive = {"ar": "arja", "er": "ra", "ec": "ca", "il": "ila", "aj": "aja", "ij": "ija", "st": "sta"}
    month = format_date(day, "LLLL", locale="sl")

    assert wording.day(day, "sl") == (
        f"v {accusative.get(weekday, weekday)}, {day.day}. {month[:-2]}{genitive[month[-2:]]}"
    )
    assert wording.day(day, "en") == f"on {format_date(day, 'EEEE, d MMMM', locale='en')}"


@given(days)
def test_a_month_stands_in_the_nominative(day: date) -> None:
    assert wording.month(day, "sl") == format_date(day, "LLLL y", locale="sl")
    assert wording.month(day, "en") == format_date(day, "LLLL y", locale="en")


@given(days)
def test_a_date_has_its_year(day: date) -> None:
    assert wording.long_date(day, "sl") == format_date(day, "d. M. y", locale="sl")
    assert wording.long_date(day, "en") == format_date(day, "d MMM y", locale="en")


def test_moments_are_told_in_slovenian_time_across_the_clock_change() -> None:
    assert wording.moment(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "sl") == "25. 10. 2026 ob 2.30"
    assert wording.moment(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "sl") == "25. 10. 2026 ob 2.30"
    assert wording.moment(datetime(2026, 3, 29, 1, 5, tzinfo=UTC), "en") == "29 Mar 2026 at 3:05"


def test_percentages() -> None:
    assert (wording.percent(220, "sl"), wording.percent(95, "sl")) == ("22\xa0%", "9,5\xa0%")
    assert (wording.percent(220, "en"), wording.percent(95, "en")) == ("22%", "9.5%")


def test_slovenian_has_its_four_forms() -> None:
    with (ROOT / "locales/sl/LC_MESSAGES/messages.po").open("rb") as source:
        catalogue = read_po(source, locale="sl")

    form = c2py(catalogue.plural_expr)

    assert catalogue.num_plurals == 4
    assert [form(n) for n in (1, 2, 3, 4, 5, 101, 102, 111)] == [0, 1, 2, 2, 3, 0, 1, 3]
