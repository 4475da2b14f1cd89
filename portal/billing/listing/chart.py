"""What was billed in each of the last thirteen months, as bars: the same month a year ago stands beside this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from portal.money import Money
from portal.web.charts import Drawing, drawn

MONTHS = 13


class Unit(IntEnum):
    """Cents in what the labels count."""

    EURO = 100
    THOUSAND = 100_000
    MILLION = 100_000_000


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    total: Money
    is_current: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """As many bars are drawn as there are months."""

    months: Sequence[Month]
    drawing: Drawing


def chart_of(totals: Mapping[date, Money], today: date, language: str) -> Chart:
    """`totals`: by the first day of the month; a month without any is a zero."""
    firsts = last_months(today, MONTHS)
    months = [Month(first, totals.get(first, Money(0)), first == firsts[-1]) for first in firsts]
    return Chart(months, drawn([month.total.cents for month in months], tuple(Unit), language))


def last_months(today: date, count: int) -> list[date]:
    """The first days of the last months, this one included, the oldest first."""
    return [first_of_month(today, back) for back in range(count - 1, -1, -1)]


def first_of_month(today: date, back: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
    return date(year, month + 1, 1)
