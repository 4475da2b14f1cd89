"""What the operator's systems measured, as rows: each call writes one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from portal.customers.quantities import AllowanceKind, CallKind
from portal.customers.tables import Line
from portal.database import connection
from portal.usage.months import lay_months
from tests.people import NOON, TODAY

GB = 10**9
MINUTE = 60
SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 30)
"""The period in which the stories play."""

_sequence = count(1)


async def an_allowance(
    line: Line,
    code: str = "data",
    *,
    kind: AllowanceKind = AllowanceKind.DATA,
    used: int = 0,
    included: int | None = 20 * GB,
    since: date = SINCE,
    until: date | None = None,
    at: datetime = NOON,
    **columns: Any,
) -> None:
    """`until`: the end of the month. `columns`: name_sl, name_en, shared_by, own_used."""
    row = {"line": line.id, "code": code, "kind": kind, "used": used, "included": included, **columns}
    period = {"period_from": since, "period_to": until or end_of_month(since)}
    await written("usage_allowances", since, {**row, **period, "measured_at": at})


async def spending(
    line: Line,
    cents: int,
    *,
    roaming: int = 0,
    since: date = SINCE,
    until: date | None = None,
    at: datetime = NOON,
) -> None:
    amounts = {"spent_cents": cents, "roaming_cents": roaming}
    period = {"period_from": since, "period_to": until or end_of_month(since)}
    await written("usage_spending", since, {"line": line.id, **amounts, **period, "measured_at": at})


async def a_record(
    line: Line,
    kind: CallKind = CallKind.CALL,
    quantity: int = 205,
    *,
    at: datetime = NOON,
    other: str | None = "+38631123***",
    cents: int = 0,
    **columns: Any,
) -> None:
    """`columns`: place, is_abroad, is_taken_back, record."""
    row = {"line": line.id, "kind": kind, "quantity": quantity, "began_at": at, "amount_cents": cents}
    named = {"record": f"r{next(_sequence)}", "other_party": other} | columns
    await written("usage_records", at.date(), row | named)


async def written(table: str, day: date, columns: dict[str, Any]) -> None:
    """Into the month of the day, which is laid if nobody did."""
    await lay_months(max(day, TODAY))
    columns = {"source": "test", "sequence": next(_sequence)} | columns
    places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    async with connection() as connected:
        await connected.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})",
            *columns.values(),
        )


def end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
