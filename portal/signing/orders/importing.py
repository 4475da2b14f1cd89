"""A file of orders comes in, each order with its envelope in one transaction. What cannot come in holds up no other."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from datetime import datetime

from portal import clock
from portal.ndjson.chunks import Chunk, SetAside, chunks
from portal.ndjson.rows import Row
from portal.signing.orders.faults import Faulty, OtherContent, read
from portal.signing.orders.taking import Source, take

CHUNK = 10
"""So often the bar moves; documents take a moment each."""


async def import_orders(rows: Iterable[Row]) -> AsyncIterator[Chunk]:
    """The time is asked for each order, because a feed may never end. Killed and run again, what came in is known."""
    for some in chunks(rows, CHUNK):
        done = Chunk()
        for row in some:
            await import_one(row, clock.now(), done)
        yield done


async def import_one(row: Row, at: datetime, done: Chunk) -> None:
    try:
        taken = await take(read(row.content), source=Source.IMPORT, at=at)
    except (Faulty, OtherContent) as no:
        done.set_aside.append(SetAside(row.line, str(no), whole(row.content)))
    else:
        done.arrived += taken.is_new
        done.already += not taken.is_new


def whole(content: bytes | None) -> bytes | None:
    """All of the row, so that it can be mended and given again; None of what is no JSON."""
    try:
        return json.dumps(json.loads(content or b""), allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
