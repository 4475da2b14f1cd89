"""Checking a signature: anybody shows a PDF and reads whether it is ours, who signed it when, and whether it is whole.

Nothing is kept, neither the file nor what was found, and no address or name of a file is logged with it.
"""

from __future__ import annotations

from datetime import timedelta

from litestar import Controller, Response, get, post

from portal.identity.caps import address_key
from portal.limits import Limit
from portal.refusals import Refusal
from portal.signing.verifying.finding import LARGEST, MEGABYTES, Finding, Queue, find_out
from portal.signing.verifying.refusals import NoFile, TooMany
from portal.web.files import sent_file
from portal.web.forms import Form, fill
from portal.web.guards import anyone
from portal.web.pages import page
from portal.web.parts import SentFile
from portal.web.requests import TAKES_FILES, PortalRequest

LARGEST_BODY = 2 * LARGEST
"""So that who sends somewhat too much still reads on the page how much it may be."""

# Whoever got an envelope has half a dozen files; a shop or an adviser checks those of a morning.
FROM_AN_ADDRESS = Limit("verify_address", 30, timedelta(minutes=15))
QUEUE = Queue()


class VerifyPages(Controller):
    path = "/verify"
    guards = (anyone,)

    @get()
    async def ask_for_file(self, request: PortalRequest) -> Response[bytes]:
        return verify_page(request)

    @post(opt=TAKES_FILES, request_max_body_size=LARGEST_BODY)
    async def verify(self, request: PortalRequest) -> Response[bytes]:
        await fill(request, Form)
        file = await sent_file(request, "file")
        try:
            return verify_page(request, await found(request, file))
        except Refusal as refusal:
            return verify_page(request, refusal=refusal)


async def found(request: PortalRequest, file: SentFile | None) -> Finding:
    if file is None or not file.content:
        raise NoFile
    if not await FROM_AN_ADDRESS.take(address_key(request.address), request.at):
        raise TooMany
    return await find_out(file.content, QUEUE, request.at)


def verify_page(
    request: PortalRequest, finding: Finding | None = None, refusal: Refusal | None = None
) -> Response[bytes]:
    return page(
        request,
        "verifying/verify.html",
        status=refusal.status if refusal else 200,
        finding=finding,
        refusal=refusal,
        megabytes=MEGABYTES,
    )


ROUTES = [VerifyPages]
