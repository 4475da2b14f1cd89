"""What was used in each of the last thirteen periods, as bars: the same month a year ago stands beside this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.customers import quantities
from portal.customers.quantities import GIGABYTE, MEGABYTE, MINUTE, AllowanceKind
from portal.money import Money
from portal.refusals import N_
from portal.usage.periods import Span
from portal.usage.reading import LineUsage
from portal.web.charts import Drawing, drawn


class Of(StrEnum):
    """What the bars are of; all but spending as AllowanceKind."""

    DATA = "data"
    CALLS = "calls"
    MESSAGES = "messages"
    ROAMING_DATA = "roaming_data"
    SPENDING = "spending"


NAMES = {
    Of.DATA: N_("Data"),
    Of.CALLS: N_("Calls"),
    Of.MESSAGES: N_("Messages"),
    Of.ROAMING_DATA: N_("Data when roaming"),
    Of.SPENDING: N_("Beyond the package"),
}
BYTES = {MEGABYTE: N_("in MB"), GIGABYTE: N_("in GB"), 1_000 * GIGABYTE: N_("in TB")}
UNITS = {
    Of.DATA: BYTES,
    Of.CALLS: {MINUTE: N_("in minutes"), 1_000 * MINUTE: N_("in thousands of minutes")},
    Of.MESSAGES: {1: N_("number of messages"), 1_000: N_("in thousands")},
    Of.ROAMING_DATA: BYTES,
    Of.SPENDING: {100: N_("in €"), 100_000: N_("in thousands of €"), 100_000_000: N_("in millions of €")},
}
"""What the labels of bars count in, and how that is called."""


@dataclass(frozen=True, slots=True)
class Past:
    """One bar. `amount` None: nothing is known of that period. `shown`: as people read it."""

    period: Span
    amount: int | None
    shown: str | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class History:
    """`is_of_all`: what others used of what is shared is in it, because nobody told it apart."""

    of: Of
    past: Sequence[Past]
    drawing: Drawing
    is_of_all: bool

    @property
    def is_worth_drawing(self) -> bool:
        """There are two periods to compare."""
        return sum(one.amount is not None for one in self.past) > 1


def choices(usage: LineUsage) -> list[Of]:
    """What is known of the line, in one period at least."""
    kinds = {Of(one.kind) for one in usage.used} | ({Of.SPENDING} if usage.spent else set())
    return [of for of in Of if of in kinds]


def history_of(usage: LineUsage, of: Of, language: str) -> History:
    amounts = [amount_in(usage, of, period) for period in usage.periods]
    past = [
        Past(period, amount, shown(of, amount, language), usage.today in period)
        for period, amount in zip(usage.periods, amounts, strict=True)
    ]
    is_of_all = any(one.is_of_all for one in usage.used if one.kind == of)
    return History(of, past, drawn(amounts, tuple(UNITS[of]), language), is_of_all)


def amount_in(usage: LineUsage, of: Of, period: Span) -> int | None:
    """None where nothing of it was measured."""
    if of is Of.SPENDING:
        return next((one.cents for one in usage.spent if (one.first, one.last) == period), None)
    return usage.sums.get((of, period))


def shown(of: Of, amount: int | None, language: str) -> str | None:
    if amount is None:
        return None
    if of is Of.SPENDING:
        return Money(amount).format(language)
    return quantities.total(AllowanceKind(of), amount, language)
