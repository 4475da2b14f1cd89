"""Envelopes as their customers see them: every query starts from the customers of whoever looks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from portal.money import Money
from portal.refusals import NotFound
from portal.signing.tables import Blocked, DocumentKind, EnvelopeState, Identification, Instead, OrderKind
from portal.statements import Statement
from portal.web import tokens

HOUR = timedelta(hours=1)


class Standing(StrEnum):
    """What a customer can do with an envelope now. Only what is `open` can be signed."""

    OPEN = "open"
    IDENTIFICATION_AWAITED = "identification_awaited"
    IDENTIFICATION_FAILED = "identification_failed"
    BLOCKED = "blocked"
    ACCEPTED = "accepted"
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class DocumentSeen:
    """One document without its bytes."""

    position: int
    kind: DocumentKind
    title: str
    edition: str
    pages: int
    sha256: str
    is_signed: bool


@dataclass(frozen=True)
class EnvelopeSeen:
    """An envelope, its order and its customer; `listed` is the JSON of its documents."""

    id: UUID
    state: EnvelopeState
    opened_at: datetime
    expires_at: datetime
    documents_sha256: bytes
    wrong_codes: int
    blocked_as: Blocked | None
    blocked_at: datetime | None
    decided_at: datetime | None
    decline_reason: str | None
    signed_at: datetime | None
    order_id: UUID
    order_number: str
    kind: OrderKind
    language: str
    signatory: str
    email: str
    instead: Instead
    identification: Identification
    amount_cents: int | None
    placed_at: datetime
    customer_id: UUID
    customer_name: str
    customer_number: str
    listed: str

    @cached_property
    def documents(self) -> list[DocumentSeen]:
        """In their order, the summary first."""
        return [DocumentSeen(**document) for document in json.loads(self.listed)]

    @property
    def amount(self) -> Money | None:
        return None if self.amount_cents is None else Money(self.amount_cents)

    @property
    def is_signed(self) -> bool:
        return self.state == EnvelopeState.SIGNED

    def is_open(self, at: datetime) -> bool:
        """Whether nobody has decided yet and its time still runs; it may be blocked all the same."""
        return self.state == EnvelopeState.OPEN and at < self.expires_at

    def left(self, at: datetime) -> timedelta:
        """Of its 24 hours; never negative."""
        return max(self.expires_at - at, timedelta(0))

    def hours_left(self, at: datetime) -> int:
        """To the nearest full hour, at least one."""
        return max(round(self.left(at) / HOUR), 1)

    def standing(self, at: datetime) -> Standing:
        if self.state != EnvelopeState.OPEN:
            return Standing(self.state)
        if at >= self.expires_at:
            return Standing.EXPIRED
        if self.identification in (Identification.FAILED, Identification.MISSED):
            return Standing.IDENTIFICATION_FAILED
        if self.blocked_as is not None:
            return Standing.BLOCKED
        if self.identification == Identification.AWAITED:
            return Standing.IDENTIFICATION_AWAITED
        return Standing.OPEN


async def envelopes_of(customers: Sequence[UUID]) -> list[EnvelopeSeen]:
    """All that these customers ever had, what is open first, then the latest."""
    return await SEEN_ALL.all(customers=customers)


async def envelope_of(customers: Sequence[UUID], envelope: UUID) -> EnvelopeSeen:
    """Raises NotFound for a stranger's as for a missing one."""
    seen = await SEEN_ONE.first(customers=customers, envelope=envelope)
    if seen is None:
        raise NotFound
    return seen


async def document_bytes(customers: Sequence[UUID], envelope: UUID, position: int) -> bytes:
    """The PDF: as it was made while unsigned, the signed copy once it is. Raises NotFound."""
    found = await PDF.first(customers=customers, envelope=envelope, position=position)
    if found is None:
        raise NotFound
    return found.pdf


async def envelope_behind(token: str) -> tuple[UUID, UUID] | None:
    """The envelope and the customer that a link leads to, however old. Nothing is written."""
    found = await BEHIND.first(token_hash=tokens.hashed(token))
    return (found.envelope, found.customer) if found else None


@dataclass(frozen=True, slots=True)
class Pdf:
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Behind:
    envelope: UUID
    customer: UUID


SELECT = """
    SELECT e.id, e.state, e.opened_at, e.expires_at, e.documents_sha256, e.wrong_codes, e.blocked_as, e.blocked_at,
           e.decided_at, e.decline_reason, e.signed_at, o.id AS order_id, o.number AS order_number, o.kind, o.language,
           o.signatory, o.email, o.instead, o.identification, o.amount_cents, o.placed_at,
           c.id AS customer_id, c.name AS customer_name, c.number AS customer_number,
           (SELECT json_agg(json_build_object('position', d.position, 'kind', d.kind, 'title', d.title,
                   'edition', d.edition, 'pages', d.pages, 'sha256', encode(d.sha256, 'hex'),
                   'is_signed', d.signed_sha256 IS NOT NULL) ORDER BY d.position)
            FROM documents d WHERE d.envelope = e.id) AS listed
    FROM orders o JOIN customers c ON c.id = o.customer JOIN envelopes e ON e."order" = o.id
    WHERE o.customer = ANY($1)
"""
SEEN_ALL = Statement(
    SELECT + " ORDER BY e.state = 'open' DESC, e.opened_at DESC, e.id DESC", EnvelopeSeen, ("customers",)
)
SEEN_ONE = Statement(SELECT + " AND e.id = $2", EnvelopeSeen, ("customers", "envelope"))
PDF = Statement(
    """
    SELECT coalesce(d.signed_pdf, d.pdf) AS pdf
    FROM documents d JOIN envelopes e ON e.id = d.envelope JOIN orders o ON o.id = e."order"
    WHERE o.customer = ANY($1) AND e.id = $2 AND d.position = $3
    """,
    Pdf,
    ("customers", "envelope", "position"),
)
BEHIND = Statement(
    """
    SELECT e.id AS envelope, o.customer
    FROM signing_links l JOIN envelopes e ON e.id = l.envelope JOIN orders o ON o.id = e."order"
    WHERE l.token_hash = $1
    """,
    Behind,
    ("token_hash",),
)
