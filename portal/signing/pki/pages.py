"""What outside tools ask an authority for: the state of a certificate, the certificates above it, the root's list.

`POST /ocsp` with a request in DER, or `GET /ocsp/{request in base64}` (RFC 6960, appendix A); the answer is always 200
and says itself what is wrong. `GET /ca/root.crt`, `/ca/issuing.crt` and `/ca/root.crl` are DER (RFC 5280, 4.2.2.1).
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from urllib.parse import unquote

from cryptography.hazmat.primitives.serialization import Encoding
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from portal.refusals import NotFound
from portal.signing.pki import ocsp
from portal.signing.pki.authority import Authority, NoKeys, authority
from portal.signing.pki.issued import issued
from portal.web.guards import machine
from portal.web.requests import PortalRequest

OCSP = "application/ocsp-response"
CERTIFICATE = "application/pkix-cert"
REVOCATION_LIST = "application/pkix-crl"
PATH = "/ocsp"


@post(PATH, guards=[machine], status_code=200)
async def ocsp_posted(request: PortalRequest) -> Response[bytes]:
    return sent(await answer(await request.body(), request.at), OCSP)


@get(f"{PATH}/{{question:path}}", guards=[machine])
async def ocsp_asked(request: PortalRequest, question: FromPath[str]) -> Response[bytes]:  # noqa: ARG001 - see below
    """Base64 has slashes of its own: it is read from the path as it was sent."""
    written = unquote(request.scope["raw_path"].decode("latin-1").removeprefix(f"{PATH}/"))
    return sent(await answer(from_base64(written), request.at), OCSP)


@get("/ca/root.crt", guards=[machine], sync_to_thread=False)
def root_certificate() -> Response[bytes]:
    return sent(ours().root.public_bytes(Encoding.DER), CERTIFICATE)


@get("/ca/issuing.crt", guards=[machine], sync_to_thread=False)
def issuing_certificate() -> Response[bytes]:
    return sent(ours().issuing.public_bytes(Encoding.DER), CERTIFICATE)


@get("/ca/root.crl", guards=[machine], sync_to_thread=False)
def root_list() -> Response[bytes]:
    return sent(ours().crl, REVOCATION_LIST)


async def answer(der: bytes, at: datetime) -> bytes:
    try:
        question = ocsp.Question.read(der)
        known = authority()
        return known.answer(question, await issued(question.serial, known), at)
    except ocsp.Malformed:
        return ocsp.malformed()
    except NoKeys:
        return ocsp.try_later()


def ours() -> Authority:
    try:
        return authority()
    except NoKeys:
        raise NotFound from None


def from_base64(written: str) -> bytes:
    """Nothing where it is none."""
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return b""


def sent(content: bytes, media_type: str) -> Response[bytes]:
    return Response(content, media_type=media_type)


ROUTES: list[HTTPRouteHandler] = [ocsp_posted, ocsp_asked, root_certificate, issuing_certificate, root_list]
