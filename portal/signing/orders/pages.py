"""`/api/orders`: the sales system brings orders and asks after them. The format: docs/orders.md.

It is known by `ORDERS_TOKEN`, which opens nothing else (`Authorization: Bearer`, RFC 6750; unset, nobody is answered).
Answers are JSON and never repeat what was sent.
"""

from __future__ import annotations

import hmac
import json
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Response, Router, get, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from portal.settings import settings
from portal.signing.orders.faults import Faulty, NoSuchOrder, OtherContent, read, read_as
from portal.signing.orders.identifying import NotAwaited, Report, identified
from portal.signing.orders.seen import seen
from portal.signing.orders.taking import Source, take
from portal.signing.pki.authority import NoKeys
from portal.web.errors import AWAY
from portal.web.guards import machine
from portal.web.requests import PortalRequest

log = structlog.get_logger()

JSON = "application/json"
SCHEME = "bearer "


@post("", guards=[machine])
async def bring(request: PortalRequest) -> Response[bytes]:
    """201: it is new; 200: it is here already, just as it comes."""
    let_in(request)
    taken = await take(read(await body(request)), source=Source.API, at=request.at)
    status = HTTPStatus.CREATED if taken.is_new else HTTPStatus.OK
    return said(status, (await seen(taken.number, request.at)).row)


@get("/{number:str}", guards=[machine])
async def ask(request: PortalRequest, number: FromPath[str]) -> Response[bytes]:
    let_in(request)
    return said(HTTPStatus.OK, (await seen(readable(number), request.at)).row)


@post("/{number:str}/identification", guards=[machine])
async def report(request: PortalRequest, number: FromPath[str]) -> Response[bytes]:
    """How the video identification ended; the same again is answered the same."""
    let_in(request)
    await identified(readable(number), read_as(Report, await body(request)), request.at)
    return said(HTTPStatus.OK, (await seen(number, request.at)).row)


def let_in(request: PortalRequest) -> None:
    """Whoever knows our token; compared in a time that tells nothing of it."""
    token = settings().orders_token
    if token is None:
        raise HTTPException(status_code=HTTPStatus.NOT_FOUND)
    scheme, sent = (header := request.headers.get("authorization", ""))[: len(SCHEME)], header[len(SCHEME) :]
    if scheme.lower() != SCHEME or not hmac.compare_digest(sent.encode(), token.get_secret_value().encode()):
        log.warning("a call for orders without our token", path=request.url.path, address=request.address)
        raise HTTPException(status_code=HTTPStatus.UNAUTHORIZED, headers={"www-authenticate": "Bearer"})


def readable(number: str) -> str:
    """PostgreSQL has no zero byte, so no order has."""
    if "\x00" in number:
        raise NoSuchOrder(number)
    return number


async def body(request: PortalRequest) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise HTTPException(status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return await request.body()


def said(status: int, answer: dict[str, Any], headers: dict[str, str] | None = None) -> Response[bytes]:
    written = json.dumps(answer, ensure_ascii=False).encode()
    return Response(written, status_code=status, media_type=JSON, headers=headers)


def error(status: int, words: str, **more: Any) -> Response[bytes]:
    return said(status, {"error": words, **more})


def faulty(_: PortalRequest, no: Faulty) -> Response[bytes]:
    faults = [{"field": fault.field, "fault": fault.words} for fault in no.faults]
    return error(HTTPStatus.UNPROCESSABLE_ENTITY, "the order cannot be taken as it is", faults=faults)


def conflicting(_: PortalRequest, no: OtherContent | NotAwaited) -> Response[bytes]:
    return error(HTTPStatus.CONFLICT, str(no))


def unknown(_: PortalRequest, __: NoSuchOrder) -> Response[bytes]:
    return error(HTTPStatus.NOT_FOUND, "there is no such order")


def without_keys(_: PortalRequest, __: NoKeys) -> Response[bytes]:
    return error(HTTPStatus.SERVICE_UNAVAILABLE, "nothing can be signed here at the moment; try again later")


def refused(_: PortalRequest, no: HTTPException) -> Response[bytes]:
    return said(no.status_code, {"error": HTTPStatus(no.status_code).phrase}, no.headers)


def crashed(request: PortalRequest, failure: Exception) -> Response[bytes]:
    log.error("a call for orders crashed", path=request.url.path, exc_info=failure)
    return error(HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; the same again is safe")


def unavailable(request: PortalRequest, failure: Exception) -> Response[bytes]:
    log.warning("database unavailable", path=request.url.path, error=type(failure).__name__)
    return error(HTTPStatus.SERVICE_UNAVAILABLE, "nothing can be taken at the moment; try again later")


HANDLERS: dict[int | type[Exception], Any] = {
    Faulty: faulty,
    OtherContent: conflicting,
    NotAwaited: conflicting,
    NoSuchOrder: unknown,
    NoKeys: without_keys,
    HTTPException: refused,
    Exception: crashed,
    **dict.fromkeys(AWAY, unavailable),
}
ROUTES = [Router("/api/orders", route_handlers=[bring, ask, report], exception_handlers=HANDLERS)]
