"""What follows from the signatures: the copies are kept and sent, the order goes on, and the evidence says so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding

from portal.database import connection, transaction
from portal.jobs import enqueue
from portal.messaging.sending import File, Told, send_email
from portal.signing.evidence.chain import Event, note
from portal.signing.pades import showing
from portal.signing.pades.signing import Signed
from portal.signing.pades.validating import Validation
from portal.signing.pki.issued import serial_text

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Accepted:
    """An envelope to be signed. `record` is the JSON whose hash the customer's signature carries."""

    id: UUID
    record: bytes
    documents_sha256: bytes
    login: UUID
    customer: UUID
    number: str
    language: str
    signatory: str
    email: str


@dataclass(frozen=True, slots=True)
class Paper:
    id: UUID
    position: int
    title: str
    pdf: bytes
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Copy:
    """A signed document, and what our own validation says of it."""

    paper: Paper
    pdf: bytes
    said: Validation


async def keep(accepted: Accepted, signed: Signed, copies: Sequence[Copy], at: datetime) -> None:
    """All that follows, or nothing: when another worker was quicker, what was made here is thrown away."""
    pem = signed.certificate.public_bytes(Encoding.PEM).decode()
    serial = serial_text(signed.certificate.serial_number)
    async with transaction():
        async with connection() as connected:
            if await connected.fetchval(SIGN, accepted.id, signed.at, pem, serial) is None:
                return
            rows = [(copy.paper.id, copy.pdf, copy.said.sha256) for copy in copies]
            await connected.executemany(KEEP, rows)
        message = await tell(accepted, signed, copies, at)
        await enqueue("signing.go_on", envelope=str(accepted.id))
        await note(accepted.id, Event.SIGNED, at, **facts(accepted, signed, copies))
        await note(accepted.id, Event.COPIES_SENT, at, message=str(message), email=accepted.email)


async def tell(accepted: Accepted, signed: Signed, copies: Sequence[Copy], at: datetime) -> UUID | None:
    titles = [copy.paper.title for copy in copies]
    told = Told(
        "documents_signed",
        accepted.language,
        {"documents": titles, "signed_at": signed.at},
        customer=accepted.customer,
        once=f"documents_signed:{accepted.id}",
    )
    files = [
        File(showing.file_name(accepted.language, copy.paper.position, copy.paper.title), PDF, copy.pdf)
        for copy in copies
    ]
    return await send_email(told, accepted.email, files=files, at=at)


def facts(accepted: Accepted, signed: Signed, copies: Sequence[Copy]) -> dict[str, Any]:
    made = copies[0].said.customer
    assert made is not None, "it was checked"
    return {
        "certificate": made.certificate.serial,
        "certificate_sha256": made.certificate.sha256,
        "signed_at": signed.at,
        "timestamper": made.stamped_by,
        "record_sha256": hashlib.sha256(accepted.record).digest(),
        "documents": [facts_of(copy) for copy in copies],
    }


def facts_of(copy: Copy) -> dict[str, Any]:
    """The times are those of the timestamper: of the seal, of the signature, and over the whole file."""
    seal, customer = copy.said.seal, copy.said.customer
    return {
        "position": copy.paper.position,
        "sha256": copy.paper.sha256,
        "signed_sha256": copy.said.sha256,
        "validation": copy.said.verdict,
        "sealed_at": seal and seal.signed_at,
        "signed_at": customer and customer.signed_at,
        "preserved_at": copy.said.preserved_at,
    }


SIGN = """
    UPDATE envelopes SET state = 'signed', signed_at = $2, certificate = $3, certificate_serial = $4
    WHERE id = $1 AND state = 'accepted' RETURNING id
"""
KEEP = "UPDATE documents SET signed_pdf = $2, signed_sha256 = $3 WHERE id = $1 AND signed_pdf IS NULL"
