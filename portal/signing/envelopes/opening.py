"""Opening an envelope: its documents are made once, hashed and kept, and the customer is told where they wait."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from portal.customers.tables import Customer
from portal.signing.envelopes.inviting import invite
from portal.signing.envelopes.refusals import TooLateToOpen
from portal.signing.evidence.chain import Event, note
from portal.signing.papers.making import Paper, make
from portal.signing.pki.authority import authority
from portal.signing.tables import Document, Envelope, Order

LIVES = timedelta(hours=24)
"""Of elapsed time from the order, also over a night in which the clocks are changed."""


async def open_envelope(order: Order, at: datetime) -> Envelope:
    """In the running transaction. Raises TooLateToOpen, and NoKeys where nothing could be signed."""
    if at >= order.placed_at + LIVES:
        raise TooLateToOpen
    authority()
    customer = await Customer.objects().get(Customer.id == order.customer)
    assert customer is not None, "an order has a customer"
    papers = await make(order, customer)
    envelope = await write(order, papers, at)
    sent = await invite(envelope, order, [paper.title for paper in papers], at)
    await note_opened(order, envelope, papers, at)
    to = {"email": order.email, "number": order.contact_number}
    await note(envelope.id, Event.LINK_SENT, at, link=sent.link, messages=[sent.email, sent.sms], **to)
    return envelope


async def write(order: Order, papers: Sequence[Paper], at: datetime) -> Envelope:
    envelope = Envelope(
        order=order.id,
        opened_at=at,
        expires_at=order.placed_at + LIVES,
        documents_sha256=sum_of([paper.sha256 for paper in papers]),
    )
    await envelope.save()
    await Document.insert(
        *(
            Document(
                envelope=envelope.id,
                position=position,
                kind=paper.kind,
                title=paper.title,
                edition=paper.edition,
                pages=paper.pages,
                pdf=paper.pdf,
                sha256=paper.sha256,
            )
            for position, paper in enumerate(papers, 1)
        )
    )
    return envelope


def sum_of(hashes: Sequence[bytes]) -> bytes:
    """SHA-256 of the SHA-256 hashes of all documents, one after the other."""
    return hashlib.sha256(b"".join(hashes)).digest()


async def note_opened(order: Order, envelope: Envelope, papers: Sequence[Paper], at: datetime) -> None:
    await note(
        envelope.id,
        Event.ORDERED,
        order.placed_at,
        order=order.number,
        kind=order.kind,
        source=order.source,
        received_at=order.received_at,
        digest=order.digest,
    )
    made = [
        {"position": position, "kind": paper.kind, "title": paper.title, "edition": paper.edition,
         "sha256": paper.sha256.hex()}
        for position, paper in enumerate(papers, 1)
    ]  # fmt: skip
    await note(
        envelope.id,
        Event.DOCUMENTS_MADE,
        at,
        documents=made,
        documents_sha256=envelope.documents_sha256,
        expires_at=envelope.expires_at,
    )
