"""When what a page shows was measured, and how old that is: said, because a page may stay open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from portal import clock
from portal.usage.policy import policy

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Age(NamedTuple):
    """Whole minutes, hours or days; the others are zero."""

    minutes: int = 0
    hours: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """`moment`: of the oldest of what is up to date; where nothing is, of the newest. `is_today`: its day is today."""

    moment: datetime
    age: Age
    is_today: bool
    is_stale: bool
    at: datetime

    @classmethod
    def of(cls, moments: Iterable[datetime], at: datetime) -> Measured | None:
        """None where nothing was measured."""
        known = list(moments)
        fresh = [moment for moment in known if not is_stale(moment, at)]
        moment = min(fresh, default=None) or max(known, default=None)
        if moment is None:
            return None
        is_today = clock.day_of(moment) == clock.day_of(at)
        return cls(moment, age_of(moment, at), is_today, not fresh, at)

    @property
    def stale_in_seconds(self) -> int:
        """How long a page that shows it may stay open."""
        return max(0, int((self.moment + policy().measured.stale_after - self.at).total_seconds()))

    def is_older(self, moment: datetime) -> bool:
        """Whether another measurement has to say by itself that it is out of date."""
        return moment < self.moment and is_stale(moment, self.at)


def is_stale(measured_at: datetime, at: datetime) -> bool:
    return at - measured_at > policy().measured.stale_after


def age_of(moment: datetime, at: datetime) -> Age:
    """A measuring clock may be before ours: that is no time at all."""
    passed = max(at - moment, timedelta())
    if passed < HOUR:
        return Age(minutes=passed // timedelta(minutes=1))
    return Age(hours=passed // HOUR) if passed < DAY else Age(days=passed // DAY)
