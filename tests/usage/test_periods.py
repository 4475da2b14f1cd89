"""Periods are put together from what was measured: whole ones, packages bought within them, and gaps between."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.usage.periods import DAY, Span, month_later, period_at, periods_of, without_gaps

DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
SPANS = st.builds(lambda first, days: Span(first, first + timedelta(days=days)), DAYS, st.integers(0, 45))


def a_month(year: int, month: int) -> Span:
    first = date(year, month, 1)
    return Span(first, month_later(first) - DAY)


OCTOBER, NOVEMBER = a_month(2026, 10), a_month(2026, 11)


def test_a_package_bought_in_the_middle_is_no_period_of_its_own() -> None:
    week = Span(date(2026, 11, 27), date(2026, 12, 3))

    assert periods_of([], [NOVEMBER, week, OCTOBER]) == [OCTOBER, NOVEMBER]
    assert periods_of([NOVEMBER], [week]) == [NOVEMBER]
    assert periods_of([], [week]) == [week], "of the period nothing is known"


def test_whole_periods_come_first_whatever_began_earlier() -> None:
    package = Span(date(2026, 11, 1), date(2026, 11, 7))
    period = Span(date(2026, 11, 4), date(2026, 12, 3))

    assert periods_of([period], [package, period]) == [package, period]


def test_where_the_day_of_billing_was_moved_the_later_one_counts() -> None:
    moved = Span(date(2026, 11, 15), date(2026, 12, 14))

    assert period_at(date(2026, 11, 20), [NOVEMBER, moved]) == moved
    assert period_at(date(2026, 11, 10), [NOVEMBER, moved]) == NOVEMBER
    assert period_at(date(2026, 12, 15), [NOVEMBER, moved]) is None


def test_months_of_which_nothing_is_known_stand_between() -> None:
    july = a_month(2026, 7)

    assert list(without_gaps([july, OCTOBER], date(2026, 11, 5))) == [
        *(july, a_month(2026, 8), a_month(2026, 9)),
        *(OCTOBER, NOVEMBER),
    ]


def test_from_the_last_of_january_a_month_later() -> None:
    assert month_later(date(2027, 1, 31)) == date(2027, 2, 28)
    assert month_later(date(2026, 12, 31)) == date(2027, 1, 31)


@given(st.lists(SPANS, max_size=8), st.lists(SPANS, max_size=12))
def test_every_measurement_is_of_one_period(billed: list[Span], allowed: list[Span]) -> None:
    periods = periods_of(billed, allowed)

    assert periods == sorted(set(periods)) and set(billed) <= set(periods) <= {*billed, *allowed}
    for span in (*billed, *allowed):
        assert period_at(span.first, periods) is not None


@given(st.lists(SPANS, min_size=1, max_size=8), DAYS)
def test_without_gaps_every_day_is_in_some_period_and_none_known_is_lost(known: list[Span], until: date) -> None:
    known = sorted(set(known))
    periods = list(without_gaps(known, until))

    assert set(known) <= set(periods)
    day = known[0].first
    while day <= max(until, known[-1].last):
        assert period_at(day, periods) is not None
        day += DAY
    made = [span for span in periods if span not in known]
    assert all(span.first <= span.last < month_later(span.first) for span in made)
    assert not any(day in span for span in made for one in known for day in one)
