"""What a line used, spent and may spend, in this period and the twelve before: one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from portal.customers.quantities import MINUTE, AllowanceKind
from portal.money import Money
from portal.network.tables import OrderState
from portal.statements import Statement
from portal.usage.months import month
from portal.usage.pace import Pace, pace_of
from portal.usage.periods import Span, period_at, periods_of, without_gaps
from portal.usage.policy import SHOWN_PERIODS
from portal.usage.tables import OnReaching

MONTHS_READ = SHOWN_PERIODS
"""Besides this one: the first of the periods shown may have begun in the month before."""
LITTLE_LEFT = 20
"""Percent."""


class Allowance(NamedTuple):
    """One row of the current period. Units by kind, as in measured.py."""

    code: str
    kind: AllowanceKind
    name_sl: str | None
    name_en: str | None
    first: date
    last: date
    used: int
    included: int | None
    shared_by: int | None
    own_used: int | None
    measured_at: datetime

    def name(self, language: str) -> str | None:
        return self.name_sl if language == "sl" else self.name_en

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)

    @property
    def left(self) -> int:
        """Of what is included."""
        return whole_left(self.kind, max(0, (self.included or 0) - self.used))

    @property
    def percent_left(self) -> int:
        return self.left * 100 // self.included if self.included else 0

    @property
    def is_used_up(self) -> bool:
        return self.included is not None and self.used >= self.included

    @property
    def tone(self) -> str:
        """As the meter's."""
        if self.is_used_up:
            return "bad"
        return "warn" if self.percent_left < LITTLE_LEFT else "info"

    @property
    def pace(self) -> Pace | None:
        """None also for what is used abroad: a journey tells nothing of the days at home."""
        if self.kind == AllowanceKind.ROAMING_DATA:
            return None
        return pace_of(self.used, self.included, self.span, self.measured_at)


def whole_left(kind: str, left: int) -> int:
    """Minutes begun count as used, so those left are whole ones."""
    return left // MINUTE * MINUTE if kind == AllowanceKind.CALLS else left


class Used(NamedTuple):
    """What was used of one kind in one span. `is_of_all`: some of it by others who share it, who can tell how much."""

    kind: str
    first: date
    last: date
    quantity: int
    is_of_all: bool


class Spent(NamedTuple):
    """Beyond the package, in one period."""

    first: date
    last: date
    cents: int
    roaming_cents: int
    measured_at: datetime

    @property
    def amount(self) -> Money:
        return Money(self.cents)

    @property
    def roaming(self) -> Money:
        return Money(self.roaming_cents)


class Limited(NamedTuple):
    """The customer's own limit to that."""

    cents: int
    on_reaching: OnReaching

    @property
    def amount(self) -> Money:
        return Money(self.cents)


class LineUsage:
    """What the statement finds of one line. `is_blocked`, `ordered`: as LimitSeen's."""

    def __init__(
        self,
        *,
        today: date,
        allowances: Iterable[Any],
        used: Iterable[Any],
        spent: Iterable[Any],
        limited: Any,
        is_blocked: bool,
        ordered: str | None,
    ) -> None:
        self.today = today
        self.allowances = [Allowance(*row) for row in allowances]
        self.used = [Used(*row) for row in used]
        self.spent = [Spent(*row) for row in spent]
        self.limited = Limited(*limited) if limited else None
        self.is_blocked = is_blocked
        self.ordered = OrderState(ordered) if ordered else None

    @property
    def is_known(self) -> bool:
        return bool(self.used or self.spent)

    @cached_property
    def known_periods(self) -> list[Span]:
        billed = (Span(one.first, one.last) for one in self.spent)
        return periods_of(billed, (Span(one.first, one.last) for one in self.used))

    @cached_property
    def periods(self) -> list[Span]:
        """The last ones, with those of which nothing is known between them."""
        return list(without_gaps(self.known_periods, self.today))[-SHOWN_PERIODS:]

    @cached_property
    def sums(self) -> dict[tuple[str, Span], int]:
        """What was used, by kind and period."""
        homes = {first: period_at(first, self.known_periods) for first in {one.first for one in self.used}}
        sums: dict[tuple[str, Span], int] = {}
        for one in self.used:
            if period := homes[one.first]:
                sums[one.kind, period] = sums.get((one.kind, period), 0) + one.quantity
        return sums

    @cached_property
    def current(self) -> Span | None:
        """The period that runs, as far as something of it was measured."""
        return period_at(self.today, self.known_periods)

    @property
    def ended(self) -> Span | None:
        """The last one known, where it is over and of the next one nothing has come."""
        return self.known_periods[-1] if self.known_periods and self.current is None else None

    @property
    def spending(self) -> Spent | None:
        """Of the current period; None: not known."""
        return max((one for one in self.spent if self.today in Span(one.first, one.last)), default=None)

    @property
    def is_reached(self) -> bool:
        """The limit, by what was spent."""
        return bool(self.limited and self.spending and self.spending.cents >= self.limited.cents)

    @property
    def moments(self) -> Sequence[datetime]:
        """When what the page shows of this period was measured."""
        spending = [self.spending.measured_at] if self.spending else []
        return [*(one.measured_at for one in self.allowances), *spending]


async def usage_of(line: UUID, today: date) -> LineUsage:
    """Of a line that the asker may see: that is the caller's to know."""
    [found] = await USAGE.all(line=line, today=today, since=month(today, -MONTHS_READ))
    return found


USAGE = Statement(
    """
    WITH known AS MATERIALIZED (
        SELECT * FROM usage_allowances WHERE line = $1 AND period_from BETWEEN $3 AND $2
    )
    SELECT $2 AS today,
        ARRAY(
            SELECT ROW(code, kind, name_sl, name_en, period_from, period_to, used, included, shared_by, own_used,
                       measured_at)
            FROM known WHERE period_to >= $2
            ORDER BY array_position(ARRAY['data', 'calls', 'messages', 'roaming_data'], kind::text),
                     included IS NULL, period_from, code
        ) AS allowances,
        ARRAY(
            SELECT ROW(kind, period_from, period_to, sum(coalesce(own_used, used))::bigint,
                       bool_or(shared_by IS NOT NULL AND own_used IS NULL))
            FROM known GROUP BY kind, period_from, period_to
        ) AS used,
        ARRAY(
            SELECT ROW(period_from, period_to, spent_cents, roaming_cents, measured_at)
            FROM usage_spending WHERE line = $1 AND period_from BETWEEN $3 AND $2
        ) AS spent,
        (SELECT ROW(limit_cents, on_reaching) FROM spending_limits WHERE line = $1) AS limited,
        EXISTS (SELECT FROM spending_blocks WHERE line = $1 AND lifted_at IS NULL) AS is_blocked,
        (
            SELECT state FROM service_orders WHERE line = $1 AND service = 'chargeable_use'
            ORDER BY asked_at DESC, id DESC LIMIT 1
        ) AS ordered
    """,
    LineUsage,
    ("line", "today", "since"),
)
