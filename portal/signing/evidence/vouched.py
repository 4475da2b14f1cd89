"""Whether the customers' signatures vouch for what is kept: valid, and with the hash of the record in them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from portal.database import transaction
from portal.signing.evidence.faults import Fault
from portal.signing.pades.validating import Validation, validate


async def check_signatures(at: datetime, envelope: UUID | None = None) -> AsyncIterator[Fault | None]:
    """One signed copy after the other, of one envelope or of all; None: nothing is wrong. 100 ms of CPU each."""
    async with transaction("repeatable_read") as connected:
        async for row in connected.cursor(COPIES, envelope, prefetch=1):
            where = f"document {row['position']} of order {row['number']}"
            found = await asyncio.to_thread(validate, row["signed_pdf"], at)
            what = wrong_with(found, hashlib.sha256(row["record"] or b"").digest())
            yield Fault(where, what) if what else None


def wrong_with(found: Validation, record_sha256: bytes) -> str | None:
    if not found.is_ours:
        return f"its signatures are not valid: {found.verdict} ({'; '.join(found.reasons)})"
    if found.customer is None or found.customer.record_sha256 != record_sha256:
        return "the record that is kept is not the one that the signature vouches for"
    return None


COPIES = """
    SELECT d.position, o.number, d.signed_pdf, e.record
    FROM documents d JOIN envelopes e ON e.id = d.envelope JOIN orders o ON o.id = e."order"
    WHERE d.signed_pdf IS NOT NULL AND (e.id = $1 OR $1 IS NULL)
"""
