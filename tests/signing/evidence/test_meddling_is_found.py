"""Whatever is changed in the chain, in a document or in a record behind the portal's back is found, and where."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from asyncpg import Connection

from portal.database import connection, transaction
from portal.signing.evidence.chain import GENESIS, Entry, Event, note
from portal.signing.evidence.checking import check, fault_of_head, head, how_many
from portal.signing.evidence.record import keep_record
from portal.signing.tables import Document, Envelope
from tests.people import NOON, a_person, saved
from tests.signing.people import an_order

SWAPPED = """
    UPDATE evidence_entries SET position = CASE position WHEN 1 THEN -2 ELSE -1 END WHERE position < 3;
    UPDATE evidence_entries SET position = -position WHERE position < 0
"""
INSERTED = """
    UPDATE evidence_entries SET position = position + 1000 WHERE position > 2;
    UPDATE evidence_entries SET position = position - 999 WHERE position > 1000;
    INSERT INTO evidence_entries (id, position, envelope, at, event, facts, previous, hash)
    SELECT gen_random_uuid(), 3, envelope, at, 'shown', '{}', sha256('a'), sha256('b')
    FROM evidence_entries WHERE position = 1
"""
PDF, SIGNED = b"%PDF-1.7 as it was shown", b"%PDF-1.7 as it was shown, and signed"


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


async def signed_envelope(number: str = "N1") -> UUID:
    """As the portal leaves one that was signed, with its documents made of a few bytes."""
    envelope = await an_envelope(number, state="signed", decided_at=NOON)
    await a_document(envelope, signed_pdf=SIGNED, signed_sha256=digest(SIGNED))
    await what_happened(envelope)
    return envelope


async def an_envelope(number: str, **columns: Any) -> UUID:
    order = await an_order(await a_person("Ana Novak"), number=number)
    ends = NOON + timedelta(hours=24)
    envelope = await saved(
        Envelope(order=order.id, opened_at=NOON, expires_at=ends, documents_sha256=digest(digest(PDF)), **columns)
    )
    return UUID(str(envelope.id))


async def a_document(envelope: UUID, **columns: Any) -> None:
    row: dict[str, Any] = {"envelope": envelope, "position": 1, "kind": "contract", "title": "Pogodba", "edition": "1"}
    await saved(Document(**row, pages=1, pdf=PDF, sha256=digest(PDF), **columns))


async def what_happened(envelope: UUID) -> None:
    async with transaction():
        await note(envelope, Event.DOCUMENTS_MADE, NOON, documents=[{"position": 1, "sha256": digest(PDF)}])
        await note(envelope, Event.ACCEPTED, NOON)
        await keep_record(envelope, NOON)
        await note(envelope, Event.SIGNED, NOON, documents=[{"position": 1, "sha256": digest(SIGNED)}])


@pytest.fixture
async def signed(database: str) -> UUID:
    envelope = await signed_envelope()
    await what_happened_elsewhere()
    return envelope


async def what_happened_elsewhere() -> None:
    """Another waits for its signature, and was looked at last."""
    envelope = await an_envelope("N9")
    await a_document(envelope)
    async with transaction():
        await note(envelope, Event.DOCUMENTS_MADE, NOON, documents=[{"position": 1, "sha256": digest(PDF)}])
        await note(envelope, Event.SHOWN, NOON)


@asynccontextmanager
async def behind_the_portals_back() -> AsyncIterator[Connection]:
    """As somebody who owns the database: no trigger stops them."""
    async with connection() as connected, connected.transaction():
        await connected.execute("SET LOCAL session_replication_role = replica")
        yield connected


async def faults(envelope: UUID | None = None) -> list[str]:
    return [str(fault) async for fault in check(envelope) if fault is not None]


async def test_what_nobody_touched_is_right(signed: UUID) -> None:
    checked = [fault async for fault in check()]

    assert checked == [None] * 10
    assert await how_many() == 10
    assert await how_many(signed) == 6


@pytest.mark.parametrize(
    ("meddling", "found"),
    [
        ("UPDATE evidence_entries SET facts = '{}' WHERE position = 1", ["entry 1: was changed"]),
        ("UPDATE evidence_entries SET at = at + interval '1 microsecond' WHERE position = 2", ["entry 2: was changed"]),
        ("UPDATE evidence_entries SET event = 'declined' WHERE position = 5", ["entry 5: was changed"]),
        ("UPDATE evidence_entries SET envelope = gen_random_uuid() WHERE position = 5", ["entry 5: was changed"]),
        ("DELETE FROM evidence_entries WHERE position = 2", ["entry 3: entry 2 before it is missing"]),
        ("DELETE FROM evidence_entries WHERE position = 1", ["entry 2: entry 1 before it is missing"]),
        (SWAPPED, ["entry 1: was changed", "entry 2: was changed"]),
        (INSERTED, ["entry 3: was changed", "entry 4: was changed"]),
    ],
)
async def test_a_row_that_was_changed_removed_inserted_or_moved(signed: UUID, meddling: str, found: list[str]) -> None:
    async with behind_the_portals_back() as connected:
        await connected.execute(meddling)

    said = await faults()

    assert [any(fault.startswith(begins) for fault in said) for begins in found] == [True] * len(found), said


@pytest.mark.parametrize(
    ("meddling", "found"),
    [
        ("UPDATE documents SET pdf = 'other'", "document 1 of order N1: was changed"),
        (
            "UPDATE documents SET pdf = 'other', sha256 = sha256('other')",
            "document 1 of order N1: is not the one that was made",
        ),
        ("UPDATE documents SET signed_pdf = 'other'", "document 1 of order N1: was changed: the signed copy"),
        (
            "UPDATE documents SET signed_pdf = 'other', signed_sha256 = sha256('other')",
            "document 1 of order N1: the signed copy does not begin",
        ),
        (
            "UPDATE documents SET signed_pdf = pdf || 'other', signed_sha256 = sha256(pdf || 'other')",
            "document 1 of order N1: the signed copy is not the one that was signed",
        ),
        ("DELETE FROM documents", "envelope of order N1: its documents are not those it was opened with"),
        ("UPDATE envelopes SET record = '{}'", "envelope of order N1: its record is not the one that was noted"),
        ("UPDATE envelopes SET record = NULL", "envelope of order N1: its record is missing"),
        ("UPDATE envelopes SET state = 'declined'", "envelope of order N1: is declined, though by its entries"),
        ("UPDATE envelopes SET state = 'accepted'", "envelope of order N1: is accepted, though by its entries"),
        ("UPDATE envelopes SET state = 'open'", "envelope of order N1: is open, though by its entries it is signed"),
    ],
)
async def test_a_document_or_an_envelope_that_was_changed(signed: UUID, meddling: str, found: str) -> None:
    async with behind_the_portals_back() as connected:
        await connected.execute(meddling)

    said = await faults(signed)

    assert said[0].startswith(found)


async def test_an_envelope_that_was_taken_out_with_all_that_it_held(signed: UUID) -> None:
    async with behind_the_portals_back() as connected:
        await connected.execute("DELETE FROM documents; DELETE FROM envelopes; DELETE FROM orders")

    assert await faults(signed) == [f"envelope {signed}: is missing, though entries tell of it"]
    assert len(await faults()) == 2


async def test_a_chain_written_again_from_one_entry_on_disagrees_with_the_signed_record(signed: UUID) -> None:
    """Its hashes are all right; but the customer's signature vouches for those that stood there before."""
    async with behind_the_portals_back() as connected:
        rows = await connected.fetch("SELECT * FROM evidence_entries ORDER BY position")
        before = GENESIS
        for row in rows:
            facts = (
                row["facts"] if row["position"] > 1 else row["facts"].replace('"documents":', '"forged":1,"documents":')
            )
            entry = Entry(row["position"], row["envelope"], row["at"], row["event"], facts, before)
            before = entry.digest
            await connected.execute(
                "UPDATE evidence_entries SET facts = $2, previous = $3, hash = $4 WHERE position = $1",
                entry.position, facts, entry.previous, before,
            )  # fmt: skip

    assert await faults() == [
        "envelope of order N1: entry 1 is not the one that the record was made with",
    ]


async def test_a_chain_that_was_cut_off_is_found_by_the_head_that_was_noted(signed: UUID) -> None:
    position, noted = await head()
    async with behind_the_portals_back() as connected:
        await connected.execute("DELETE FROM evidence_entries WHERE position = $1", position)

    assert await faults() == []
    assert "the chain was cut off" in str(await fault_of_head(position, noted))
    assert "not the one that was noted" in str(await fault_of_head(position - 1, noted))
    assert await fault_of_head(*(await head())) is None


async def test_of_one_envelope_only_what_belongs_to_it_is_said(signed: UUID) -> None:
    other = await signed_envelope("N2")
    async with behind_the_portals_back() as connected:
        await connected.execute("UPDATE documents SET pdf = 'other' WHERE envelope = $1", other)

    assert await faults(signed) == []
    assert len(await faults(other)) == 1
