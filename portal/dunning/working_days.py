"""Slovenian working days: Monday to Friday without the days off work. Source: ZPDPD, by the `holidays` package."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY = 5


@lru_cache(maxsize=1)
def days_off() -> HolidayBase:
    from holidays import country_holidays  # here: it takes a third of a second, which most processes can do without

    return country_holidays("SI")


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in days_off()


def working_day_from(day: date) -> date:
    """The day itself, or the first working day after it: a period does not end on a day off (OZ, article 62)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after a day."""
    for _ in range(count):
        day = working_day_from(day + timedelta(days=1))
    return day
