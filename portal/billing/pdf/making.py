"""The PDF of a bill: made once in a language, kept, and the same bytes ever after.

A later address of the customer or of the operator, a new template or a newer Typst change no document that was given
out.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

from portal.billing.pdf.reading import Printed, printed_of
from portal.billing.pdf.sheet import sheet
from portal.billing.pdf.typesetting import typeset
from portal.billing.tables import BillPdf
from portal.database import connection


async def pdf_kept(bill: UUID, language: str, at: datetime) -> bytes:
    """Two who ask at once may both make it; what was kept first is what both get."""
    while (content := await content_of(bill, language)) is None:
        await make(bill, language, at)
    return content


async def content_of(bill: UUID, language: str) -> bytes | None:
    async with connection() as connected:
        content: bytes | None = await connected.fetchval(CONTENT, bill, language)
    return content


async def make(bill: UUID, language: str, at: datetime) -> None:
    made = await pdf_of(await printed_of(bill), language)
    pdf = BillPdf(bill=bill, language=language, content=made, made_at=at)
    await BillPdf.insert(pdf).on_conflict((BillPdf.bill, BillPdf.language), "DO NOTHING")


async def pdf_of(printed: Printed, language: str) -> bytes:
    """Typst lets go of the interpreter while it works, so a thread keeps the event loop free."""
    async with ONE_AT_A_TIME:
        return await asyncio.to_thread(document, printed, language)


ONE_AT_A_TIME = asyncio.Semaphore(1)
"""In a process: however many save their bills, there is time for everybody's pages."""


def document(printed: Printed, language: str) -> bytes:
    return typeset(sheet(printed, language), printed.bill.issued_on)


CONTENT = "SELECT content FROM bill_pdfs WHERE bill = $1 AND language = $2"
