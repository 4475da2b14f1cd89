"""One document to be read: its page with the sheets as pictures and their text, the PDF, and each picture."""

from __future__ import annotations

import re
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from portal.identity.cookies import browser_of
from portal.refusals import NotFound
from portal.signing.envelopes.reading import DocumentSeen, EnvelopeSeen, Standing, document_bytes
from portal.signing.looking import note_shown
from portal.signing.pages import PATH, path_of, seen_by
from portal.signing.papers.images import page_png
from portal.signing.papers.text import passages_of
from portal.signing.showing import NAMES, seconds_left
from portal.web.files import shown
from portal.web.guards import signed_in
from portal.web.pages import page
from portal.web.requests import PortalRequest

PAPER = re.compile(r"([1-9][0-9]?)(\.pdf)?", re.ASCII)
PICTURE = re.compile(r"([1-9][0-9]{0,2})\.png", re.ASCII)
WIDTHS = (720, 1080, 1440, 2160)
"""In pixels: telephones of two and of three pixels a point, a desk, and enlarged."""
SIGNED = "signed"
FOR_GOOD = {
    "cache-control": "private, max-age=31536000, immutable",
    "vary": "Cookie",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
}
"""What a browser keeps is good for the session that saw it and for none after it. One that shows a picture by itself
lays it out with styles of its own.
"""


@get(f"{PATH}/{{envelope_id:uuid}}/{{paper:str}}", guards=[signed_in])
async def paper(request: PortalRequest, envelope_id: FromPath[UUID], paper: FromPath[str]) -> Response[bytes]:
    """`/documents/<id>/1`, and `/documents/<id>/1.pdf`."""
    asked = PAPER.fullmatch(paper)
    if asked is None:
        raise NotFound
    seen = await seen_by(request, envelope_id)
    document = document_at(seen, int(asked[1]))
    pdf = await document_bytes(request.viewer.customers, seen.id, document.position)
    as_pdf = asked[2] is not None
    await note_shown(seen, document, "pdf" if as_pdf else "page", request.viewer, browser_of(request), at=request.at)
    if as_pdf:
        return shown(f"{document.title}.pdf", "application/pdf", pdf)
    return await document_page(request, seen, document, pdf)


@get(f"{PATH}/{{envelope_id:uuid}}/{{paper:str}}/{{picture:str}}", guards=[signed_in])
async def sheet(
    request: PortalRequest, envelope_id: FromPath[UUID], paper: FromPath[str], picture: FromPath[str]
) -> Response[bytes]:
    """`/documents/<id>/1/2.png?w=720`: the second page. With `copy=signed` in the address once it is signed, so that
    what an address holds never changes.
    """
    asked, width = PICTURE.fullmatch(picture), request.query_params.get("w", str(WIDTHS[0]))
    if asked is None or not paper.isdecimal() or width not in map(str, WIDTHS):
        raise NotFound
    seen = await seen_by(request, envelope_id)
    document = document_at(seen, int(paper))
    if int(asked[1]) > document.pages or (request.query_params.get("copy") == SIGNED) != document.is_signed:
        raise NotFound
    pdf = await document_bytes(request.viewer.customers, seen.id, document.position)
    return Response(await page_png(pdf, int(asked[1]), int(width)), media_type="image/png", headers=FOR_GOOD)


def document_at(seen: EnvelopeSeen, position: int) -> DocumentSeen:
    found = next((document for document in seen.documents if document.position == position), None)
    if found is None:
        raise NotFound
    return found


async def document_page(
    request: PortalRequest, seen: EnvelopeSeen, document: DocumentSeen, pdf: bytes
) -> Response[bytes]:
    here = f"{path_of(seen)}/{document.position}"
    return page(
        request,
        "signing/document.html",
        nav="more",
        seen=seen,
        name=NAMES[seen.kind],
        document=document,
        pages=await passages_of(pdf),
        is_open=seen.standing(request.at) == Standing.OPEN,
        seconds=seconds_left(seen, request.at),
        envelope=path_of(seen),
        here=here,
        widths=WIDTHS,
        copy="&copy=" + SIGNED if document.is_signed else "",
    )


ROUTES = [paper, sheet]
