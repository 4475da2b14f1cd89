"""A bill as a PDF, and a year of them as one zip."""

from __future__ import annotations

from uuid import UUID

from litestar import Response
from litestar.response import Stream

from portal.billing.file_limits import YEARS_SAVED
from portal.billing.pdf.making import pdf_kept
from portal.billing.pdf.naming import Named, file_name, named, named_in
from portal.billing.pdf.year_zip import Entry, size_of, zipped
from portal.refusals import NotFound
from portal.web.files import count_saved, disposition, shown
from portal.web.requests import PortalRequest
from portal.web.wording import say


async def bill_pdf(request: PortalRequest, bill: UUID) -> Response[bytes]:
    """Shown by the browser itself: on a phone one looks at a bill and goes back; what is saved must be looked for."""
    found = await named(request.viewer.account, bill, request.language)
    if found is None:
        raise NotFound
    return shown(file_name(found, request.language, "pdf"), "application/pdf", await pdf(request, found))


async def year_zip(request: PortalRequest, year: int) -> Stream:
    """All is made before the first byte leaves: what cannot be made is an error page and not half a file, and a file
    that is cut off later is shorter than was said.
    """
    documents = await named_in(request.viewer.account, year, request.language)
    if not documents:
        raise NotFound
    await count_saved(YEARS_SAVED, request.viewer.login_id, request.at)
    entries = [await entry_of(request, document) for document in documents]
    headers = {
        "content-disposition": disposition(f"{say(request.language, 'Bills')} {year}.zip"),
        "content-length": str(size_of(entries)),
    }
    files = ((entry, await pdf(request, one)) for one, entry in zip(documents, entries, strict=True))
    return Stream(zipped(files), media_type="application/zip", headers=headers)


async def entry_of(request: PortalRequest, document: Named) -> Entry:
    size = document.size or len(await pdf(request, document))
    return Entry(file_name(document, request.language, "pdf"), document.issued_on, size)


async def pdf(request: PortalRequest, document: Named) -> bytes:
    return await pdf_kept(document.id, request.language, request.at)
