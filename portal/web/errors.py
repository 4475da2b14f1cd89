"""Errors as pages: what happened, what it means, what to do. Nothing of the inside shows."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import asyncpg
import structlog
from jinja2 import TemplateNotFound
from litestar import Response
from litestar.exceptions import HTTPException

from portal.refusals import NotFound, Refusal
from portal.web.guards import SignInNeeded
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest

log = structlog.get_logger()

KNOWN = (400, 403, 404, 405, 413, 421, 429, 500, 503)


def refused(request: PortalRequest, refusal: Refusal) -> Response[bytes]:
    """A refusal that no page of its own answered."""
    if isinstance(refusal, SignInNeeded):
        return see_other(request, refusal.location)
    return error_page(request, refusal.status, None if isinstance(refusal, NotFound) else refusal)


def failed(request: PortalRequest, error: HTTPException) -> Response[bytes]:
    """A person who opens the address of a form, say by reloading or signing in again, gets the page it stands on."""
    is_opened = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and is_opened:
        return see_other(request, request.scope["path"].rpartition("/")[0] or "/")
    return error_page(request, error.status_code)


def crashed(request: PortalRequest, error: Exception) -> Response[bytes]:
    log.error("request crashed", path=request.url.path, exc_info=error)
    return error_page(request, 500)


def unavailable(request: PortalRequest, error: Exception) -> Response[bytes]:
    """The database is away or too slow: nothing was lost, and trying again is right."""
    log.warning("database unavailable", path=request.url.path, error=type(error).__name__)
    return error_page(request, 503)


def error_page(request: PortalRequest, status: int, refusal: Refusal | None = None) -> Response[bytes]:
    kind = status if status in KNOWN else HTTPStatus.BAD_REQUEST
    return page(request, "errors/error.html", status=status, kind=kind, refusal=refusal)


AWAY = (
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up, statement_timeout
    asyncpg.InsufficientResourcesError,  # too many connections, disk or memory full
    asyncpg.LockNotAvailableError,  # lock_timeout
    OSError,
    TimeoutError,
)
HANDLERS: dict[int | type[Exception], Any] = {
    Refusal: refused,
    HTTPException: failed,
    Exception: crashed,
    **dict.fromkeys(AWAY, unavailable),
    TemplateNotFound: crashed,  # it is an OSError, but nothing is away
}
