"""Checking all evidence: the chain entry by entry, the documents and the records against what the chain says of them.

Whoever can write to the database can also write a chain that is true to itself from some entry on. What they cannot
write again are the records: the customers' signatures vouch for them, and each names the entries before it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.database import connection, transaction
from portal.signing.evidence import kept
from portal.signing.evidence.chain import GENESIS, Entry
from portal.signing.evidence.faults import Fault

AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it stands in the table, with the hash of the one before it; None where that is missing."""

    entry: Entry
    hash: bytes
    before: bytes | None


async def how_many(envelope: UUID | None = None) -> int:
    """What there is to check: entries, documents and envelopes."""
    async with connection() as connected:
        count: int = await connected.fetchval(COUNT, envelope)
    return count


async def check(envelope: UUID | None = None) -> AsyncIterator[Fault | None]:
    """One thing after the other, of one envelope or of all, as they were at one moment; None: nothing is wrong."""
    async with transaction("repeatable_read") as connected:
        async for row in connected.cursor(ENTRIES, envelope, prefetch=AT_A_TIME):
            yield fault_of(stored(row))
        async for row in connected.cursor(kept.DOCUMENTS, envelope, prefetch=1):
            yield kept.fault_of_document(row)
        async for row in connected.cursor(kept.ENVELOPES, envelope, prefetch=1):
            yield kept.fault_of_envelope(row, await connected.fetch(kept.HASHES, row["id"]))
        async for row in connected.cursor(kept.MISSING, envelope):
            yield Fault(f"envelope {row['envelope']}", "is missing, though entries tell of it")


def stored(row: Any) -> Stored:
    names = Entry.__dataclass_fields__
    return Stored(Entry(**{name: row[name] for name in names}), row["hash"], row["before"])


def fault_of(this: Stored) -> Fault | None:
    """The hash covers all that the entry holds, its position and the hash before it included."""
    entry, where = this.entry, f"entry {this.entry.position}"
    is_first = entry.position == 1
    if entry.digest != this.hash:
        return Fault(where, "was changed: its content does not give its hash")
    if this.before is None and not is_first:
        return Fault(where, f"entry {entry.position - 1} before it is missing")
    if entry.previous != (GENESIS if is_first else this.before):
        return Fault(where, "does not follow the entry before it: that one was replaced")
    return None


async def fault_of_head(position: int, noted: bytes) -> Fault | None:
    """Against a head that was noted elsewhere: neither was the chain cut off before it nor written again up to it."""
    async with connection() as connected:
        found = await connected.fetchval(AT, position)
    if found is None:
        return Fault(f"entry {position}", "is missing, though it was noted as the head: the chain was cut off")
    return None if found == noted else Fault(f"entry {position}", "is not the one that was noted as the head")


async def head() -> tuple[int, bytes]:
    """The last position and its hash. `(0, GENESIS)` while nothing has happened."""
    async with connection() as connected:
        row = await connected.fetchrow(HEAD)
    return (row["position"], row["hash"]) if row else (0, GENESIS)


COUNT = """
    SELECT (SELECT count(*) FROM evidence_entries WHERE envelope = $1 OR $1 IS NULL)
         + (SELECT count(*) FROM documents WHERE envelope = $1 OR $1 IS NULL)
         + (SELECT count(*) FROM envelopes WHERE id = $1 OR $1 IS NULL)
"""
ENTRIES = """
    SELECT e.position, e.envelope, e.at, e.event, e.facts, e.previous, e.hash, b.hash AS before
    FROM evidence_entries e LEFT JOIN evidence_entries b ON b.position = e.position - 1
    WHERE e.envelope = $1 OR $1 IS NULL ORDER BY e.position
"""
AT = "SELECT hash FROM evidence_entries WHERE position = $1"
HEAD = "SELECT position, hash FROM evidence_entries ORDER BY position DESC LIMIT 1"
