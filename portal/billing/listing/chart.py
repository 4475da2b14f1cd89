"""What was billed in each of the last thirteen months, as bars: the same month a year ago stands beside this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from portal.money import Money

MONTHS = 13
PLOT = 96
"""Height of the bars' field, in pixels; the labels stand above, below and under it."""
SHORTEST_BAR = 2
LABEL = 16


class Unit(IntEnum):
    """Cents in what the labels count, so that none has more than four characters."""

    EURO = 100
    THOUSAND = 100_000
    MILLION = 100_000_000


@dataclass(frozen=True, slots=True)
class Bar:
    """One month. `y`, `height`, `label_y`: pixels from the top; `left`, `middle`: per cent of the width."""

    month: date
    total: Money
    label: str
    y: int
    height: int
    label_y: int
    left: float
    middle: float
    is_current: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """`width`: of a bar, in per cent. `base`: where zero is, `height`: of all of it, in pixels."""

    bars: Sequence[Bar]
    unit: Unit
    base: int
    width: float
    height: int


def chart_of(totals: Mapping[date, Money], today: date, language: str) -> Chart:
    """`totals`: by the first day of the month; a month without any is a zero."""
    months = last_months(today, MONTHS)
    shown = [totals.get(month, Money(0)) for month in months]
    unit, scale = unit_of(shown), Scale.of(shown)
    bars = [
        Bar(month, total, label_of(total, unit, language), *scale.place(total), *across(n), n == MONTHS - 1)
        for n, (month, total) in enumerate(zip(months, shown, strict=True))
    ]
    return Chart(bars, unit, scale.base, round(70 / MONTHS, 2), scale.bottom)


@dataclass(frozen=True, slots=True)
class Scale:
    """How amounts become pixels. `span`: cents from the lowest bar's end to the highest one's."""

    highest: int
    lowest: int

    @classmethod
    def of(cls, totals: Sequence[Money]) -> Scale:
        cents = [total.cents for total in totals]
        return cls(max(0, *cents), min(0, *cents))

    @property
    def span(self) -> int:
        return max(1, self.highest - self.lowest)

    @property
    def base(self) -> int:
        return LABEL + (self.highest * PLOT // self.span if self.lowest < 0 else PLOT)

    @property
    def bottom(self) -> int:
        """Below the bars: the label of one that goes down, then the month and the year."""
        return LABEL + PLOT + (LABEL if self.lowest < 0 else 0) + 2 * LABEL

    def place(self, total: Money) -> tuple[int, int, int]:
        """Y and height of a bar, and the y of its label. Where more was given back than billed, it goes down."""
        height = max(SHORTEST_BAR, abs(total.cents) * PLOT // self.span) if total else 0
        if total.cents < 0:
            return self.base, height, self.base + height + LABEL - 4
        return self.base - height, height, self.base - height - 4


def across(n: int) -> tuple[float, float]:
    """Where the nth bar begins and where its middle is, in per cent."""
    column = 100 / MONTHS
    return round(column * n + column * 0.15, 2), round(column * (n + 0.5), 2)


def unit_of(totals: Sequence[Money]) -> Unit:
    most = max(abs(total.cents) for total in totals)
    return next((unit for unit in Unit if rounded(most, unit) < 1000), Unit.MILLION)


def label_of(total: Money, unit: Unit, language: str) -> str:
    """`35`, `−7`, `1,2`: in the chart's unit, small thousands and millions with one decimal."""
    sign, cents = "−" if total.cents < 0 else "", abs(total.cents)
    tenths = rounded(cents * 10, unit)
    if unit is Unit.EURO or tenths >= 100 or not cents:
        return f"{sign}{rounded(cents, unit)}"
    return f"{sign}{tenths // 10}{',' if language == 'sl' else '.'}{tenths % 10}"


def rounded(cents: int, unit: int) -> int:
    """Halves up."""
    return (2 * cents + unit) // (2 * unit)


def last_months(today: date, count: int) -> list[date]:
    """The first days of the last months, this one included, the oldest first."""
    return [first_of_month(today, back) for back in range(count - 1, -1, -1)]


def first_of_month(today: date, back: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
    return date(year, month + 1, 1)
