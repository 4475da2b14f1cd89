"""What happens to documents beside the pages, and looking at a page at another moment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from portal import clock
from portal.database import connection
from portal.signing.tables import Document, Envelope, SigningCode
from tests.people import Person, signed_in
from tests.visiting import Page, Visitor


@asynccontextmanager
async def later(visit: Visitor, person: Person, at: datetime) -> AsyncIterator[None]:
    """The person comes back at another moment and signs in anew."""
    with clock.stopped_at(at):
        await signed_in(visit, person, at=at)
        yield


async def code_for(envelope: Envelope) -> str:
    """The digits that the SMS carries."""
    code = await SigningCode.objects().get(SigningCode.envelope == envelope.id)
    assert code is not None
    return code.digits


async def asks_for_code(visit: Visitor, envelope: Envelope) -> Page:
    consent = await visit.get(f"/documents/{envelope.id}/signature")
    return await visit.submit(consent.form, agreed="yes")


async def accepts(visit: Visitor, envelope: Envelope) -> Page:
    page = await asks_for_code(visit, envelope)
    form = page.form_to(f"/documents/{envelope.id}/signature/code")
    return await visit.submit(form, code=await code_for(envelope))


async def worker_signed(envelope: Envelope, at: datetime) -> None:
    """As the worker leaves it, with copies that say of themselves that they are signed."""
    async with connection() as connected:
        await connected.execute(
            "UPDATE documents SET signed_pdf = pdf || convert_to('% signed', 'UTF8'), signed_sha256 = sha256"
            " WHERE envelope = $1",
            envelope.id,
        )
        await connected.execute("UPDATE envelopes SET state = 'signed', signed_at = $2 WHERE id = $1", envelope.id, at)


async def first_pdf(envelope: Envelope) -> bytes:
    document = await Document.objects().get((Document.envelope == envelope.id) & (Document.position == 1))
    assert document is not None
    return document.signed_pdf or document.pdf
