"""At this pace: said only when there is something to say, and never of a day outside the period."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import day_of
from portal.usage.pace import TOO_EARLY, TOO_EARLY_A_SHARE, Pace, midnight, pace_of
from portal.usage.periods import DAY, Span

NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))
BEGINS = midnight(NOVEMBER.first)

SPANS = st.builds(
    lambda first, days: Span(first, first + timedelta(days=days)),
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.integers(0, 62),
)
USED = st.integers(0, 10**12)
INCLUDED = st.integers(0, 10**12)
SECONDS = st.integers(0, 63 * 24 * 3600)


def after(days: float) -> datetime:
    return BEGINS + timedelta(days=days)


def test_half_used_in_half_the_time_lasts_and_a_little_more_does_not() -> None:
    assert pace_of(500, 1_000, NOVEMBER, after(15)) == Pace(None)
    assert pace_of(501, 1_000, NOVEMBER, after(15)) == Pace(date(2026, 11, 30))
    assert pace_of(750, 1_000, NOVEMBER, after(15)) == Pace(date(2026, 11, 21))


@pytest.mark.parametrize(
    ("used", "included", "days"),
    [
        pytest.param(9, None, 15, id="without a limit"),
        pytest.param(10, 10, 15, id="used up"),
        pytest.param(11, 10, 15, id="beyond it"),
        pytest.param(0, 0, 15, id="nothing is included"),
        pytest.param(9, 10, 2.9, id="in the first tenth"),
        pytest.param(9, 10, 30, id="measured after the end"),
        pytest.param(9, 10, -1, id="measured before the beginning"),
    ],
)
def test_nothing_is_said(used: int, included: int | None, days: float) -> None:
    assert pace_of(used, included, NOVEMBER, after(days)) is None


def test_of_a_package_of_a_week_nothing_is_said_for_two_days() -> None:
    week = Span(date(2026, 11, 1), date(2026, 11, 7))

    assert pace_of(1, 10, week, after(1.9)) is None
    assert pace_of(1, 10, week, after(2)) == Pace(None)


def test_what_was_not_touched_lasts() -> None:
    assert pace_of(0, 10, NOVEMBER, after(20)) == Pace(None)


def test_the_hour_of_the_changed_clock_belongs_to_the_period() -> None:
    october = Span(date(2026, 10, 1), date(2026, 10, 31))

    assert midnight(date(2026, 11, 1)) - midnight(october.first) == timedelta(days=31, hours=1)
    assert midnight(october.first) == datetime(2026, 9, 30, 22, tzinfo=UTC)


@given(USED, INCLUDED, SPANS, SECONDS)
def test_the_day_it_runs_out_is_in_the_period_and_not_before_it_was_measured(
    used: int, included: int, span: Span, seconds: int
) -> None:
    measured_at = midnight(span.first) + timedelta(seconds=seconds)
    pace = pace_of(used, included, span, measured_at)

    if pace is None or pace.runs_out_on is None:
        return
    assert day_of(measured_at) <= pace.runs_out_on <= span.last


@given(USED, INCLUDED, SPANS, SECONDS)
def test_it_lasts_exactly_if_so_much_more_time_of_the_same_use_fits(
    used: int, included: int, span: Span, seconds: int
) -> None:
    begins, ends = midnight(span.first), midnight(span.last + DAY)
    measured_at = begins + timedelta(seconds=seconds)
    pace = pace_of(used, included, span, measured_at)

    is_early = seconds < max(TOO_EARLY, (ends - begins) / TOO_EARLY_A_SHARE).total_seconds()
    if used >= included or is_early or measured_at >= ends:
        assert pace is None
    else:
        whole = int((ends - begins).total_seconds())
        assert pace is not None
        assert pace.lasts == (used * whole <= included * seconds or used == 0)


@given(USED, USED, INCLUDED, SPANS, SECONDS)
def test_who_uses_more_does_not_get_further(one: int, other: int, included: int, span: Span, seconds: int) -> None:
    less, more = sorted([one, other])
    measured_at = midnight(span.first) + timedelta(seconds=seconds)
    of_less, of_more = (pace_of(used, included, span, measured_at) for used in (less, more))

    if of_less and of_more:
        assert (of_less.runs_out_on or date.max) >= (of_more.runs_out_on or date.max)
