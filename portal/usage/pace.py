"""Whether an allowance lasts to the end of its period if it is used as it was so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from portal.clock import LJUBLJANA, day_of
from portal.usage.periods import DAY, Span

TOO_EARLY = timedelta(days=2)
TOO_EARLY_A_SHARE = 10
"""In the first tenth of a period, and in its first two days, one long call would tell the whole of it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`runs_out_on`: the day on which nothing is left, or None: it lasts."""

    runs_out_on: date | None

    @property
    def lasts(self) -> bool:
        return self.runs_out_on is None


def pace_of(used: int, included: int | None, span: Span, measured_at: datetime) -> Pace | None:
    """None where nothing can be said: without a limit, used up, too early, or measured outside the period."""
    if included is None or used >= included:
        return None
    begins, ends = midnight(span.first), midnight(span.last + DAY)
    passed = measured_at - begins
    if passed < max(TOO_EARLY, (ends - begins) / TOO_EARLY_A_SHARE) or measured_at >= ends:
        return None
    if used == 0:
        return Pace(None)
    whole = seconds(passed) * included // used  # until all of it is used
    return Pace(day_of(begins + timedelta(seconds=whole)) if whole < seconds(ends - begins) else None)


def midnight(day: date) -> datetime:
    """When the day begins in Slovenia: a period's length in hours depends on the change of the clock."""
    return datetime.combine(day, time(), LJUBLJANA).astimezone(UTC)


def seconds(duration: timedelta) -> int:
    return duration // timedelta(seconds=1)
