"""A file comes in by chunks, each one a transaction: what a chunk may hold, and what became of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from portal import clock
from portal.ndjson.rows import Row

CHUNK_BYTES = 8 * 1024 * 1024
"""A chunk ends here however few rows it has: a thousand companies' bills would be too much at once."""
CHUNK_TIME = timedelta(seconds=2)
"""So does it with a row that comes so long after its beginning: a feed that trickles comes in as it goes."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that cannot come in. `row`: as it may be kept beside, None where it may not."""

    line: int
    reason: str
    row: bytes | None


@dataclass(slots=True)
class Chunk:
    """What became of so many rows. `already`: they, or newer ones, are here."""

    arrived: int = 0
    already: int = 0
    set_aside: list[SetAside] = field(default_factory=list)


def chunks(rows: Iterable[Row], most: int) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    size, began = 0, clock.now()
    for row in rows:
        chunk.append(row)
        size += len(row.content or b"")
        if len(chunk) >= most or size >= CHUNK_BYTES or clock.now() - began >= CHUNK_TIME:
            yield chunk
            chunk, size, began = [], 0, clock.now()
    if chunk:
        yield chunk
