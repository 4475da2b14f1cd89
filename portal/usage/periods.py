"""The periods in which use is counted, put together from what was measured: nobody sends a calendar of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)
YEARS = range(2000, 2100)
"""Any other is a slip of the keyboard. At the ends of the calendar there is no day before or after."""


class Span(NamedTuple):
    """From the first day to the last one, both in it."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return self.first <= day <= self.last  # type: ignore[operator]  # it is a day

    @property
    def is_a_month(self) -> bool:
        return self.first.day == 1 and self.last == month_later(self.first) - DAY


def day_typed(text: str) -> date:
    """As ISO 8601 writes it. Raises ValueError."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return day


def periods_of(billed: Iterable[Span], allowed: Iterable[Span]) -> list[Span]:
    """In order. What is spent is measured by whole periods; an allowance may be for some days of one, as a package
    bought in the middle is. One that begins in no period known makes a period of its own.
    """
    periods = set(billed)
    for span in sorted(set(allowed), key=lambda span: (span.first, -span.last.toordinal())):
        if period_at(span.first, periods) is None:
            periods.add(span)
    return sorted(periods)


def period_at(day: date, periods: Iterable[Span]) -> Span | None:
    """Where two overlap, because the day of billing was moved: the one that began later."""
    return max((period for period in periods if day in period), default=None)


def without_gaps(periods: Sequence[Span], until: date) -> Iterator[Span]:
    """Those and, where nothing was measured for longer, the months between; up to the day `until`."""
    following = periods[0].first if periods else until
    for period in periods:
        yield from months(following, period.first - DAY)
        yield period
        following = max(following, period.last + DAY)
    if periods:
        yield from months(following, until, is_whole=True)


def months(first: date, last: date, *, is_whole: bool = False) -> Iterator[Span]:
    """From the first day on, so that the last day is in one of them; the last one ends on it unless `is_whole`."""
    while first <= last:
        end = month_later(first) - DAY
        yield Span(first, end if is_whole else min(end, last))
        first = end + DAY


def month_later(day: date) -> date:
    """The same day of the next month, or its last one where it is shorter."""
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    length = ((following + timedelta(days=32)).replace(day=1) - following).days
    return following.replace(day=min(day.day, length))
