"""Amounts side by side as bars: where each of them stands in the drawing, and how high it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PLOT = 96
"""Height of the bars' field, in pixels; the labels stand above, below and under it."""
SHORTEST_BAR = 2
LABEL = 16
MOST_LABELS = 16
"""Of more bars only the highest is labelled: the others' labels would have no room beside each other."""
UNKNOWN = "–"
LESS_THAN_ONE = "<1"
"""What is little is not nothing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """`y`, `height`, `label_y`: pixels from the top; `left`, `middle`: per cent of the width."""

    label: str
    y: int
    height: int
    label_y: int
    left: float
    middle: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """`unit`: what the labels count in. `width`: of a bar, in per cent. `base`: where zero is, `height`: of all of it,
    in pixels.
    """

    bars: Sequence[Bar]
    unit: int
    base: int
    width: float
    height: int


def drawn(amounts: Sequence[int | None], units: Sequence[int], language: str) -> Drawing:
    """An amount of None is not known, which is not zero. `units`: rising; labels count in one of them."""
    known = [amount for amount in amounts if amount is not None]
    unit, scale = unit_of(known, units), Scale.of(known)
    labels = [label_of(amount, unit, language, is_smallest=unit == units[0]) for amount in amounts]
    shown = labels if len(amounts) <= MOST_LABELS else highest_only(labels, amounts)
    bars = [
        Bar(label, *scale.place(amount or 0), *across(n, len(amounts)))
        for n, (label, amount) in enumerate(zip(shown, amounts, strict=True))
    ]
    return Drawing(bars, unit, scale.base, round(70 / len(amounts), 2), scale.bottom)


@dataclass(frozen=True, slots=True)
class Scale:
    """How amounts become pixels. `span`: from the lowest bar's end to the highest one's."""

    highest: int
    lowest: int

    @classmethod
    def of(cls, amounts: Sequence[int]) -> Scale:
        return cls(max(0, *amounts, 0), min(0, *amounts, 0))

    @property
    def span(self) -> int:
        return max(1, self.highest - self.lowest)

    @property
    def base(self) -> int:
        return LABEL + (self.highest * PLOT // self.span if self.lowest < 0 else PLOT)

    @property
    def bottom(self) -> int:
        """Below the bars: the label of one that goes down, then the name and the year."""
        return LABEL + PLOT + (LABEL if self.lowest < 0 else 0) + 2 * LABEL

    def place(self, amount: int) -> tuple[int, int, int]:
        """Y and height of a bar, and the y of its label. One below zero goes down."""
        height = max(SHORTEST_BAR, abs(amount) * PLOT // self.span) if amount else 0
        if amount < 0:
            return self.base, height, self.base + height + LABEL - 4
        return self.base - height, height, self.base - height - 4


def across(n: int, count: int) -> tuple[float, float]:
    """Where the nth bar begins and where its middle is, in per cent."""
    column = 100 / count
    return round(column * n + column * 0.15, 2), round(column * (n + 0.5), 2)


def unit_of(amounts: Sequence[int], units: Sequence[int]) -> int:
    """So that no label has more than four characters."""
    most = max((abs(amount) for amount in amounts), default=0)
    return next((unit for unit in units if rounded(most, unit) < 1000), units[-1])


def label_of(amount: int | None, unit: int, language: str, *, is_smallest: bool) -> str:
    """`35`, `−7`, `1,2`: in the chart's unit, with one decimal where it is small and there is a smaller unit."""
    if amount is None:
        return UNKNOWN
    sign, amount = "−" if amount < 0 else "", abs(amount)
    tenths = rounded(amount * 10, unit)
    if is_smallest or tenths >= 100 or not amount:
        whole = rounded(amount, unit)
        return f"{sign}{whole}" if whole or not amount else LESS_THAN_ONE
    return f"{sign}{tenths // 10}{',' if language == 'sl' else '.'}{tenths % 10}"


def highest_only(labels: Sequence[str], amounts: Sequence[int | None]) -> list[str]:
    highest = max(range(len(amounts)), key=lambda n: amounts[n] or 0)
    return [label if n == highest else "" for n, label in enumerate(labels)]


def rounded(amount: int, unit: int) -> int:
    """Halves up."""
    return (2 * amount + unit) // (2 * unit)
