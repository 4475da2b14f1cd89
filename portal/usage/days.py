"""Use by day within a period, from the records: one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from portal.clock import day_of
from portal.customers.quantities import ALIKE
from portal.statements import Statement
from portal.usage.history import UNITS, Of, shown
from portal.usage.months import RECORDS
from portal.usage.pace import midnight
from portal.usage.periods import DAY, Span, day_typed, periods_of
from portal.usage.running import LONGEST_PERIOD
from portal.web.charts import Drawing, drawn


def span_asked(query: Mapping[str, str], today: date) -> Span:
    """From the address, as our links write it; anything else is the calendar month."""
    try:
        span = Span(day_typed(query["from"]), day_typed(query["to"]))
    except (KeyError, ValueError):
        return this_month(today)
    return span if timedelta() <= span.last - span.first <= LONGEST_PERIOD else this_month(today)


def this_month(today: date) -> Span:
    first = today.replace(day=1)
    return Span(first, (first + timedelta(days=32)).replace(day=1) - DAY)


class OnDay(NamedTuple):
    """What was used of one kind, Of's words, on one day. `cents`: beyond the package."""

    day: date
    of: str
    quantity: int
    cents: int


@dataclass(frozen=True, slots=True)
class Day:
    """`amount` None: the day has not come, nothing was measured since, or it is kept no longer."""

    day: date
    amount: int | None
    shown: str | None
    is_today: bool


class LineDays:
    """What the statement finds: the days of a span, and the periods that can be chosen instead, the newest first."""

    def __init__(
        self, *, days: Iterable[Any], billed: Iterable[Any], allowed: Iterable[Any], measured_at: datetime | None
    ) -> None:
        self.days = [OnDay(day, ALIKE[kind], quantity, cents) for day, kind, quantity, cents in days]
        self.periods = periods_of((Span(*row) for row in billed), (Span(*row) for row in allowed))[::-1]
        self.measured_at = measured_at

    @cached_property
    def choices(self) -> list[Of]:
        """What was used, in the order of Of; spending whenever there is anything."""
        used = {one.of for one in self.days}
        return [of for of in Of if of in used or (used and of is Of.SPENDING)]

    def amount_on(self, day: date, of: Of) -> int:
        if of is Of.SPENDING:
            return sum(one.cents for one in self.days if one.day == day)
        return sum(one.quantity for one in self.days if one.day == day and one.of == of)

    def known_until(self, today: date) -> date:
        """The day of the last measurement or record: of what came later nobody knows that it is nothing."""
        if self.measured_at is None:
            return today
        return min(today, max([day_of(self.measured_at), *(one.day for one in self.days)]))

    def bars(self, span: Span, of: Of, today: date, language: str) -> tuple[list[Day], Drawing]:
        known = Span(RECORDS.begins(today), self.known_until(today))
        days = [span.first + n * DAY for n in range((span.last - span.first).days + 1)]
        amounts = [self.amount_on(day, of) if day in known else None for day in days]
        drawing = drawn(amounts, tuple(UNITS[of]), language)
        return [
            Day(day, amount, shown(of, amount, language), day == today)
            for day, amount in zip(days, amounts, strict=True)
        ], drawing


async def days_of(line: UUID, span: Span, today: date) -> LineDays:
    """Of a line that the asker may see: that is the caller's to know."""
    [found] = await DAYS.all(
        line=line,
        since=midnight(span.first),
        before=midnight(span.last + DAY),
        kept_since=RECORDS.begins(today),
        today=today,
    )
    return found


DAYS = Statement(
    """
    SELECT
        ARRAY(
            SELECT ROW(day, kind, sum(quantity)::bigint, sum(amount_cents)::bigint)
            FROM usage_records, date(began_at AT TIME ZONE 'Europe/Ljubljana') day
            WHERE line = $1 AND began_at >= $2 AND began_at < $3 AND NOT is_taken_back
            GROUP BY day, kind
        ) AS days,
        ARRAY(
            SELECT ROW(period_from, period_to) FROM usage_spending
            WHERE line = $1 AND period_from BETWEEN $4 AND $5
        ) AS billed,
        ARRAY(
            SELECT DISTINCT ROW(period_from, period_to) FROM usage_allowances
            WHERE line = $1 AND period_from BETWEEN $4 AND $5
        ) AS allowed,
        greatest(
            (SELECT max(measured_at) FROM usage_spending WHERE line = $1 AND period_from BETWEEN $4 AND $5),
            (SELECT max(measured_at) FROM usage_allowances WHERE line = $1 AND period_from BETWEEN $4 AND $5)
        ) AS measured_at
    """,
    LineDays,
    ("line", "since", "before", "kept_since", "today"),
)
