"""What was measured of the demo's lines: as their bills tell, and of this period so much as makes them interesting."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from asyncpg import Connection

from portal.billing.tables import Bill, BillLine, BillLineKind
from portal.customers.quantities import AllowanceKind
from portal.customers.tables import Line
from portal.sandbox import calls
from portal.sandbox.billed import seed_of
from portal.sandbox.meter import SOURCE, Meter, sequence_at
from portal.sandbox.sold import GIGABYTE, Item, used
from portal.usage.periods import DAY, Span, month_later

PERIODS = 12
"""Those that are over."""
DETAILED = 2
"""Of so many periods, this one among them, each call is known: that is the one that runs and the one before."""
MORE_DATA = 5 * GIGABYTE


@dataclass(frozen=True, slots=True)
class Pool:
    """Data that several lines use together. `name`: Slovenian and English."""

    name: tuple[str, str]
    included: int
    shared_by: int


@dataclass(frozen=True, slots=True)
class Use:
    """Of one line. `now`: what it has used of this period, where it matters; `beyond`: what of that costs extra.

    `more_data`: of a package bought in addition so much is used. `pool`: it shares data. `standing_for`: nothing was
    measured for so long, nor will be. `barred_for`: nothing could be used for so long. `is_over`: nothing is connected
    any more. `is_itemised`: calls are known.
    """

    line: Line
    package: str
    now: Mapping[AllowanceKind, int] = field(default_factory=dict)
    beyond: Sequence[Item] = ()
    more_data: int | None = None
    pool: Pool | None = None
    standing_for: timedelta | None = None
    barred_for: timedelta | None = None
    is_over: bool = False
    is_itemised: bool = True


@dataclass(frozen=True, slots=True)
class Period:
    """With what was used of what is included, and what was spent beyond it.

    `until`: as far as it was measured; `last_used`: nothing was used after it.
    """

    span: Span
    seed: str
    until: datetime
    last_used: datetime
    used: Sequence[tuple[AllowanceKind, int, int | None]]
    beyond: Sequence[Item]

    @property
    def quantities(self) -> dict[AllowanceKind, int]:
        return {kind: quantity for kind, quantity, _ in self.used}

    def cents(self, *kinds: BillLineKind) -> int:
        return sum(item.cents for item in self.beyond if item.kind in kinds)


async def write(
    connected: Connection, uses: Sequence[Use], bills: Sequence[Bill], items: Sequence[BillLine], at: datetime
) -> None:
    """Of all these lines, as measured at that moment."""
    items_of = by_line(items)
    periods = [(use, list(periods_of(use, bills, items_of[use.line.id], at))) for use in uses]
    pooled: Counter[Span] = Counter()
    for use, known in periods:
        pooled.update({period.span: period.quantities[AllowanceKind.DATA] for period in known if use.pool})
    allowances = [row for use, known in periods for period in known for row in allowances_of(use, period, pooled)]
    spending = [spending_of(use, period) for use, known in periods for period in known]
    records = [row for use, known in periods if use.is_itemised for row in records_of(use, known[-DETAILED:])]
    await copy(connected, "usage_allowances", ALLOWANCE, allowances)
    await copy(connected, "usage_spending", SPENDING, spending)
    await copy(connected, "usage_records", RECORD, records)
    meters = [meter_of(use) for use in uses if not use.is_over and use.standing_for is None]
    if meters:
        await Meter.insert(*meters)


def by_line(items: Sequence[BillLine]) -> Mapping[UUID, list[BillLine]]:
    """Once for a fleet, whose bills have hundreds of lines."""
    grouped: dict[UUID, list[BillLine]] = defaultdict(list)
    for item in items:
        grouped[item.line].append(item)
    return grouped


async def copy(connected: Connection, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    await connected.copy_records_to_table(table, columns=columns.split(), records=rows)


def periods_of(use: Use, bills: Sequence[Bill], items: Sequence[BillLine], at: datetime) -> Iterator[Period]:
    """Those that were billed, the oldest first, and the one that runs. `items`: what the line was billed."""
    billed = {item.bill for item in items if item.kind == BillLineKind.SUBSCRIPTION}
    known = sorted((bill for bill in bills if bill.id in billed), key=lambda bill: bill.period_from)[-PERIODS:]
    for bill in known:
        span = Span(bill.period_from, bill.period_to)
        seed, end = seed_of(bill, use.line), evening(span.last)
        yield Period(span, seed, end, end, used(seed, use.package), list(charged(bill, items)))
    if not use.is_over:
        yield running(use, known[-1].issued_on, at)


def charged(bill: Bill, items: Sequence[BillLine]) -> Iterator[Item]:
    for item in items:
        if item.bill == bill.id and item.kind in (BillLineKind.USAGE, BillLineKind.ROAMING):
            yield Item(item.description, item.amount_cents, BillLineKind(item.kind))


def running(use: Use, first: date, at: datetime) -> Period:
    """As much of an ordinary month as has passed of it, unless `use` says otherwise."""
    until = at - (use.standing_for or timedelta())
    while (last := month_later(first) - DAY) < until.date():
        first = last + DAY
    last_used = min(until, at - (use.barred_for or timedelta()))
    passed, days = max(0, (last_used.date() - first).days), (last - first).days
    seed = f"{use.line.number} {first}"
    so_far = [
        (kind, use.now.get(kind, quantity * passed // days), included)
        for kind, quantity, included in used(seed, use.package)
    ]
    return Period(Span(first, last), seed, until, last_used, so_far, use.beyond)


def evening(day: date) -> datetime:
    return datetime.combine(day, time(23), UTC)


def allowances_of(use: Use, period: Period, pooled: Mapping[Span, int]) -> Iterator[tuple[Any, ...]]:
    """`pooled`: what all who share data used of it in a period."""
    measured = period.until, SOURCE, sequence_at(period.until)
    for kind, quantity, included in period.used:
        row: tuple[Any, ...] = None, None, *period.span, quantity, included, None, None
        if use.pool and kind == AllowanceKind.DATA:
            row = *use.pool.name, *period.span, pooled[period.span], use.pool.included, use.pool.shared_by, quantity
        yield use.line.id, kind, kind, *row, *measured
    if use.more_data is not None and period.beyond is use.beyond:
        row = "Dodatnih 5 GB", "5 GB more", *period.span, use.more_data, MORE_DATA, None, None
        yield use.line.id, "data_5gb", AllowanceKind.DATA, *row, *measured


def spending_of(use: Use, period: Period) -> tuple[Any, ...]:
    abroad = period.cents(BillLineKind.ROAMING)
    spent = abroad + period.cents(BillLineKind.USAGE)
    return use.line.id, *period.span, spent, abroad, period.until, SOURCE, sequence_at(period.until)


def records_of(use: Use, periods: Sequence[Period]) -> Iterator[tuple[Any, ...]]:
    for period in periods:
        stretch = calls.Stretch(period.span.first, period.last_used)
        for n, one in enumerate(calls.calls(period.seed, stretch, period.quantities, period.beyond)):
            name = f"{use.line.number}-{period.span.first:%y%m%d}-{n}"
            what = one.kind, one.other_party, one.place, one.quantity, one.cents, one.is_abroad
            yield SOURCE, name, one.began_at, sequence_at(period.until), use.line.id, *what


def meter_of(use: Use) -> Meter:
    """It goes on at a rate that fits what its package includes."""
    included = next((most for kind, _, most in used("", use.package) if kind == AllowanceKind.DATA), 0) or 0
    return Meter(line=use.line.id, bytes_a_day=included // 40)


ALLOWANCE = (
    "line code kind name_sl name_en period_from period_to used included shared_by own_used measured_at source sequence"
)
SPENDING = "line period_from period_to spent_cents roaming_cents measured_at source sequence"
RECORD = "source record began_at sequence line kind other_party place quantity amount_cents is_abroad"
