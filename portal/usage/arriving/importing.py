"""Measurements come in, a chunk at a time: each chunk with the warnings that follow from it is one transaction.

Killed, a chunk has not happened; run again, what came in is known by its key and order. Imports take turns chunk by
chunk, so that two of them cannot wait for each other's rows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from asyncpg import Connection

from portal import clock
from portal.database import transaction
from portal.ndjson.chunks import Chunk, SetAside, chunks
from portal.ndjson.hiding import hidden, known
from portal.ndjson.parsing import BadRow
from portal.ndjson.rows import Row as FileRow
from portal.usage.arriving.feed import TYPES, Allowance, Record, Row, Spending
from portal.usage.arriving.parsing import Reading
from portal.usage.arriving.writing import write
from portal.usage.months import lay_months
from portal.usage.policy import policy
from portal.usage.warning import warn

CHUNK = 5000
TURN = 0x75736167
"""The number of the lock by which imports take turns."""
KNOWN = known(*TYPES)


class Read(NamedTuple):
    """A row that is right in itself, and where it came from."""

    of: FileRow
    row: Row


async def import_usage(
    rows: Iterable[FileRow], now: Callable[[], datetime], *, is_dry: bool = False
) -> AsyncIterator[Chunk]:
    """`now`: asked for each chunk, because a feed may never end. `is_dry`: everything is looked at, nothing written."""
    laid: date | None = None
    for chunk in chunks(rows, CHUNK):
        at = now()
        if not is_dry and laid != clock.day_of(at):
            laid = clock.day_of(at)
            await lay_months(laid)
        yield await import_chunk(chunk, at, is_dry=is_dry)


async def import_chunk(rows: Sequence[FileRow], at: datetime, *, is_dry: bool) -> Chunk:
    """Parsed before the transaction, so that it is short."""
    done = Chunk()
    read = list(readable(rows, Reading(at), done))
    if read:
        async with transaction() as connected:
            await connected.execute("SELECT pg_advisory_xact_lock($1)", TURN)
            lines = await lines_of(connected, read)
            await bring_in(connected, list(of_known_lines(read, lines, done)), lines, done, at, is_dry=is_dry)
    done.set_aside.sort(key=lambda aside: aside.line)
    return done


def readable(rows: Iterable[FileRow], reading: Reading, done: Chunk) -> Iterator[Read]:
    for row in rows:
        try:
            yield Read(row, reading.read(row.content))
        except BadRow as bad:
            done.set_aside.append(set_aside(row, str(bad)))


def set_aside(row: FileRow, reason: str) -> SetAside:
    return SetAside(row.line, reason, hidden(row.content, KNOWN))


async def lines_of(connected: Connection, read: Iterable[Read]) -> dict[str, UUID]:
    """Those that there are, by their numbers."""
    rows = await connected.fetch(LINES, list({row.line for _, row in read}))
    return {number: line for number, line in rows}  # noqa: C416 - records are no pairs to `dict`


def of_known_lines(read: Iterable[Read], lines: Mapping[str, UUID], done: Chunk) -> Iterator[Row]:
    for of, row in read:
        if row.line in lines:
            yield row
        else:
            done.set_aside.append(set_aside(of, f"there is no line {row.line}"))


async def bring_in(
    connected: Connection, rows: Sequence[Row], lines: Mapping[str, UUID], done: Chunk, at: datetime, *, is_dry: bool
) -> None:
    written = await write(connected, rows, lines, is_dry=is_dry)
    done.arrived += written.rows
    done.already += len(rows) - written.rows
    news = list(current(rows, clock.day_of(at)))
    if not is_dry and (changed := written.lines & {lines[row.line] for row in news}):
        reaching = changed & {lines[row.line] for row in news if may_reach(row)}
        await warn(connected, sorted(changed), at, reaching=sorted(reaching))


def current(rows: Iterable[Row], today: date) -> Iterator[Allowance | Spending]:
    """Those that speak of a period that runs."""
    for row in rows:
        if not isinstance(row, Record) and row.period_from <= today <= row.period_to:
            yield row


def may_reach(row: Allowance | Spending) -> bool:
    """A percentage of something. To look at the others' lines too takes longer than to write them."""
    if isinstance(row, Spending):
        return row.spent > 0
    return row.included is not None and row.used * 100 >= row.included * policy().warnings.percents[0]


LINES = "SELECT number, id FROM lines WHERE number = ANY ($1)"
