"""Rows as the operator's systems write them, the way they come in, and what is here then."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import uuid4

from portal.customers.tables import Line, LineKind
from portal.database import connection
from portal.ndjson.chunks import Chunk
from portal.ndjson.rows import rows_of
from portal.usage.arriving.importing import import_usage
from tests.people import NOON

_numbers = count(1)

Row = dict[str, Any]

MEASURED_AT = "2026-11-21T11:50:00+01:00"


def a_line(number: str) -> Line:
    """That nobody has: of which only the number is needed."""
    return Line(account=uuid4(), contract=uuid4(), kind=LineKind.MOBILE, number=number)


def an_allowance(line: Line, used: Any = 6_200_000_000, **changes: Any) -> Row:
    """Data of November, of which 20 GB are included."""
    row = said("allowance", line) | period() | {"code": "data", "kind": "data", "used": used, "included": 20 * 10**9}
    return row | changes


def spending(line: Line, spent: Any = "12.40", **changes: Any) -> Row:
    return said("spending", line) | period() | {"spent": spent} | changes


def a_record(line: Line, **changes: Any) -> Row:
    """A call of 3 min 25 s."""
    row = said("record", line)
    call = {"record": f"r{row['sequence']}", "kind": "call", "began_at": "2026-11-20T18:20:05+01:00", "quantity": 205}
    return row | call | changes


def said(kind: str, line: Line) -> Row:
    return {"type": kind, "source": "ocs-1", "sequence": next(_numbers), "line": line.number}


def period() -> Row:
    return {"period_from": "2026-11-01", "period_to": "2026-11-30", "measured_at": MEASURED_AT}


def without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def packed(rows: Sequence[Row | bytes | str]) -> bytes:
    """A file of them."""
    return b"\n".join(
        one if isinstance(one, bytes) else (one if isinstance(one, str) else json.dumps(one)).encode() for one in rows
    )


async def bring_in(*rows: Row | bytes | str, at: datetime = NOON, is_dry: bool = False) -> Chunk:
    """What became of them all."""
    done = Chunk()
    async for chunk in import_usage(rows_of(io.BytesIO(packed(rows))), lambda: at, is_dry=is_dry):
        done.arrived += chunk.arrived
        done.already += chunk.already
        done.set_aside += chunk.set_aside
    return done


async def refused(row: Row | bytes | str) -> str:
    """Why it does not come in."""
    done = await bring_in(row)
    assert (done.arrived, done.already, len(done.set_aside)) == (0, 0, 1), done
    return done.set_aside[0].reason


async def allowances() -> list[Row]:
    return await table("usage_allowances", "line, code, period_from")


async def spendings() -> list[Row]:
    return await table("usage_spending", "line, period_from")


async def records() -> list[Row]:
    return await table("usage_records", "source, record, began_at")


async def table(name: str, order: str) -> list[Row]:
    async with connection() as connected:
        return [dict(row) for row in await connected.fetch(f"SELECT * FROM {name} ORDER BY {order}")]


async def everything() -> tuple[list[Row], list[Row], list[Row]]:
    return await allowances(), await spendings(), await records()
