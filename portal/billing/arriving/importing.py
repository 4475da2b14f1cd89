"""Documents come in, a chunk at a time: each chunk with all that follows from it is one transaction.

Killed, a chunk has not happened; run again, what came in is known by its number and content. Imports take turns chunk
by chunk, so that two of the same file bring everything in once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from asyncpg import Connection

from portal.billing.arriving.announcing import order_notices
from portal.billing.arriving.checking import Accepted, WouldBe, accept
from portal.billing.arriving.document import KNOWN, Document
from portal.billing.arriving.parsing import parse
from portal.billing.arriving.standing import Standing, standing_of
from portal.billing.arriving.writing import noon, write
from portal.billing.tables import BillKind
from portal.database import transaction
from portal.money import Money
from portal.ndjson.chunks import Chunk, SetAside, chunks
from portal.ndjson.hiding import hidden
from portal.ndjson.parsing import BadRow
from portal.ndjson.rows import Row

CHUNK = 1000
TURN = 0x62696C6C
"""The number of the lock by which imports take turns."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a document brings to its account. `paid` of it before it came here."""

    id: UUID
    account: UUID
    number: str
    kind: BillKind
    total: Money
    corrects: UUID | None
    paid: Money
    paid_at: datetime | None


Follow = Callable[[Connection, Sequence[Arrived], datetime], Awaitable[None]]
"""What follows from a chunk's documents in its transaction, with their accounts locked."""


async def import_documents(
    rows: Iterable[Row], follow: Follow, *, today: date, at: datetime, is_dry: bool = False
) -> AsyncIterator[Chunk]:
    """`is_dry`: everything is looked at, nothing is written."""
    would_be = WouldBe()
    for chunk in chunks(rows, CHUNK):
        yield await import_chunk(chunk, follow, would_be if is_dry else None, today, at)


async def import_chunk(
    rows: Sequence[Row], follow: Follow, would_be: WouldBe | None, today: date, at: datetime
) -> Chunk:
    """Parsed before the transaction, so that it is short. `would_be`: of a dry run, which writes nothing."""
    done = Chunk()
    parsed = list(readable(rows, today, done))
    if parsed:
        async with transaction() as connected:
            await connected.execute("SELECT pg_advisory_xact_lock($1)", TURN)
            standing = await standing_of(connected, [document for _, document in parsed])
            if would_be is not None:
                would_be.overrule(standing)
            accepted = list(acceptable(parsed, standing, done))
            if would_be is not None:
                would_be.add(accepted, standing)
            elif accepted:
                await bring_in(connected, accepted, standing, follow, at)
    done.set_aside.sort(key=lambda aside: aside.line)
    return done


def readable(rows: Sequence[Row], today: date, done: Chunk) -> Iterator[tuple[Row, Document]]:
    for row in rows:
        try:
            yield row, parse(row.content, today)
        except BadRow as bad:
            done.set_aside.append(set_aside(row, bad))


def acceptable(parsed: Sequence[tuple[Row, Document]], standing: Standing, done: Chunk) -> Iterator[Accepted]:
    for row, document in parsed:
        try:
            accepted = accept(document, standing)
        except BadRow as bad:
            done.set_aside.append(set_aside(row, bad))
        else:
            if accepted is None:
                done.already += 1
            else:
                done.arrived += 1
                yield accepted


def set_aside(row: Row, bad: BadRow) -> SetAside:
    return SetAside(row.line, str(bad), hidden(row.content, KNOWN))


async def bring_in(
    connected: Connection, accepted: Sequence[Accepted], standing: Standing, follow: Follow, at: datetime
) -> None:
    await write(connected, accepted, standing, at)
    await follow(connected, [arrived(one) for one in accepted], at)
    await order_notices([one.id for one in accepted if is_told(one.document)], at)


def arrived(one: Accepted) -> Arrived:
    document, paid = one.document, one.document.paid
    return Arrived(
        one.id,
        one.account,
        document.number,
        document.kind,
        Money(document.total),
        one.corrects,
        Money(paid.amount if paid else 0),
        noon(paid.on) if paid else None,
    )


def is_told(document: Document) -> bool:
    """Of a bill of nothing there is nothing to say, and what was paid before it came here is no news."""
    return document.notify_customer and document.paid is None and document.total != 0
