"""The chain of evidence: each entry carries the hash of the one before, so a changed one breaks all that follow."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from portal.database import DB
from portal.rows import NewId
from portal.signing.evidence.canonical import canonical

GENESIS = bytes(32)
"""What the first entry carries as the hash of the one before."""

CHAIN_LOCK = 0x45564944
"""Whoever writes holds it until the end of their transaction: entries are numbered in the order they are committed."""


class Event(StrEnum):
    """What can happen to an envelope."""

    ORDERED = "ordered"
    IDENTIFIED = "identified"
    DOCUMENTS_MADE = "documents_made"
    LINK_SENT = "link_sent"
    REMINDED = "reminded"
    SHOWN = "shown"
    CONSENT_GIVEN = "consent_given"
    CODE_SENT = "code_sent"
    CODE_WRONG = "code_wrong"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    ACCEPTED = "accepted"
    RECORDED = "recorded"
    DECLINED = "declined"
    EXPIRED = "expired"
    SIGNED = "signed"
    COPIES_SENT = "copies_sent"
    WENT_ON = "went_on"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `facts` is the text of their canonical JSON, `previous` the hash of the entry before (32 bytes)."""

    position: int
    envelope: UUID
    at: datetime
    event: str
    facts: str
    previous: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical JSON of all that stands above; `facts` goes in as the text that is stored."""
        return hashlib.sha256(canonical({field.name: getattr(self, field.name) for field in fields(self)})).digest()


async def note(envelope: UUID, event: Event, at: datetime, /, **facts: Any) -> None:
    """Add an entry to the running transaction, as its last writing: the chain is locked until that ends.

    Facts are strings, whole numbers, booleans, None, lists and objects of them; moments (UTC), days, ids and bytes
    (hexadecimal) are written as text. They never hold a code, a token or a password.
    """
    current = DB.current_transaction.get()
    if current is None:
        raise RuntimeError(f"{event} must be noted in the transaction of what happened")
    await current.connection.execute(LOCK, CHAIN_LOCK)
    last = await current.connection.fetchrow(LAST)
    position, previous = (last["position"] + 1, last["hash"]) if last else (1, GENESIS)
    entry = Entry(position, envelope, at, event, canonical(facts).decode(), previous)
    await current.connection.execute(ADD, NewId().python(), *astuple(entry), entry.digest)


LOCK = "SELECT pg_advisory_xact_lock($1)"
LAST = "SELECT position, hash FROM evidence_entries ORDER BY position DESC LIMIT 1"
ADD = """
    INSERT INTO evidence_entries (id, position, envelope, at, event, facts, previous, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
