"""The months of the measured tables: laid before something can come in for them, dropped when the policy says so.

A month is made beside its table and then attached, which no reader waits for. To drop one, PostgreSQL locks the whole
table for a moment, and readers queue behind a drop that waits: so it waits a second at most and lets them pass before
it tries again. Detaching concurrently would lock nothing but, broken off, leaves a month that is neither in nor out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import structlog
from asyncpg import Connection, LockNotAvailableError

from portal.database import connection, transaction
from portal.usage.policy import policy

log = structlog.get_logger()

TURN = 0x6D6F6E74
"""The number of the lock by which those who lay months take turns."""
TRIES, PATIENCE = 10, "1s"
MEASURED_FILL, RECORDED_FILL = 70, 100
"""Percent of a page that is filled at first. What is measured again every few minutes finds room beside itself, so
that no index changes with it; a record hardly ever changes.
"""


@dataclass(frozen=True, slots=True)
class Monthly:
    """A table in months. `kept`: so many besides the one that runs; `zone`: what the bounds of a moment end with."""

    table: str
    kept: int
    fill: int
    zone: str = ""

    def months(self, today: date) -> Iterator[date]:
        for later in range(-self.kept, policy().months.ahead + 1):
            yield month(today, later)

    def begins(self, today: date) -> date:
        """The first day of what is kept."""
        return month(today, -self.kept)

    def ends(self, today: date) -> date:
        """The first day for which there is no room yet."""
        return month(today, policy().months.ahead + 1)

    def partition(self, first: date) -> str:
        return f"{self.table}_{first:%Y_%m}"


ALLOWANCES = Monthly("usage_allowances", policy().months_kept.allowances, MEASURED_FILL)
SPENDING = Monthly("usage_spending", policy().months_kept.spending, MEASURED_FILL)
RECORDS = Monthly("usage_records", policy().months_kept.records, RECORDED_FILL, zone=" 00:00+00")
TABLES = (ALLOWANCES, SPENDING, RECORDS)


@dataclass(frozen=True, slots=True)
class Laid:
    """A month that there is. `rows` as the database estimates them, None before it has looked."""

    table: str
    first: date
    rows: int | None
    size: int


def month(day: date, later: int = 0) -> date:
    """The first day of the month of `day`, or of so many months later."""
    count = day.year * 12 + day.month - 1 + later
    return date(count // 12, count % 12 + 1, 1)


async def lay_months(today: date) -> None:
    """All that are kept, and those ahead. What is there stays."""
    async with transaction() as connected:
        await connected.execute("SELECT pg_advisory_xact_lock($1)", TURN)
        there = {(one.table, one.first) for one in await standing(connected)}
        for monthly in TABLES:
            for first in monthly.months(today):
                if (monthly.table, first) not in there:
                    await lay(connected, monthly, first)


async def lay(connected: Connection, monthly: Monthly, first: date) -> None:
    table, partition, zone = monthly.table, monthly.partition(first), monthly.zone
    await connected.execute(
        f"CREATE TABLE {partition} (LIKE {table} INCLUDING ALL) WITH (fillfactor = {monthly.fill});"
        f"ALTER TABLE {table} ATTACH PARTITION {partition}"
        f" FOR VALUES FROM ('{first}{zone}') TO ('{month(first, 1)}{zone}')"
    )


async def drop_months(today: date) -> list[str]:
    """Those that the policy keeps no longer. Returns their names; what is in use all the time waits for another day."""
    tables = {monthly.table: monthly for monthly in TABLES}
    old = [
        tables[one.table].partition(one.first)
        for one in await laid_months()
        if one.first < tables[one.table].begins(today)
    ]
    return [name for name in old if await is_dropped(name)]


async def is_dropped(partition: str) -> bool:
    for _ in range(TRIES):
        try:
            async with transaction() as connected:
                await connected.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                await connected.execute(f"DROP TABLE IF EXISTS {partition}")
        except LockNotAvailableError:
            continue
        return True
    log.error("month not dropped", table=partition, reason="it is in use all the time")
    return False


async def laid_months() -> list[Laid]:
    async with connection() as connected:
        return await standing(connected)


async def standing(connected: Connection) -> list[Laid]:
    """All months that there are, by table."""
    rows = await connected.fetch(STANDING, [monthly.table for monthly in TABLES])
    return [Laid(row["of"], date.fromisoformat(row["first"]), row["rows"], row["size"]) for row in rows]


STANDING = """
    SELECT parent.relname AS of, translate(right(child.relname, 7), '_', '-') || '-01' AS first,
           pg_total_relation_size(child.oid) AS size,
           nullif(child.reltuples, -1)::bigint AS rows
    FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
    WHERE parent.relname = ANY ($1) ORDER BY parent.relname, child.relname
"""
