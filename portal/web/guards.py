"""Who may use a route. Every route has exactly one of these; a test over all routes holds it.

`find_viewer` comes from the identity domain through the application's state, so that this layer knows no domain.
"""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from portal.refusals import N_, Refusal
from portal.web import csrf, tokens
from portal.web.protection import SAFE_METHODS
from portal.web.requests import PortalRequest

Connection = ASGIConnection[Any, Any, Any, Any]


class SignInNeeded(Refusal):
    """Nobody is signed in; the answer is a redirect to `/sign-in` that comes back to `path`."""

    status = 401
    message = N_("Please sign in.")

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    @property
    def location(self) -> str:
        return "/sign-in" if self.path == "/" else f"/sign-in?next={quote(self.path, safe='')}"


async def signed_in(connection: Connection, _: BaseRouteHandler) -> None:
    """A signed-in person; unsafe methods also prove that the form is ours."""
    request = cast("PortalRequest", connection)
    await recognise(request)
    if request.viewer is None:
        raise SignInNeeded(request.page_path)
    await refuse_forged(request)


async def anyone(connection: Connection, _: BaseRouteHandler) -> None:
    """Everybody, known or not; unsafe methods also prove that the form is ours."""
    request = cast("PortalRequest", connection)
    await recognise(request)
    await refuse_forged(request)


async def machine(_: Connection, __: BaseRouteHandler) -> None:
    """No browser: the handler itself checks a signature or a token, or there is nothing to protect."""


async def recognise(request: PortalRequest) -> None:
    request.is_recognised = True
    token = request.cookies.get(tokens.SESSION)
    if token:
        request.viewer = await request.app.state.find_viewer(tokens.hashed(token), request.at)


async def refuse_forged(request: PortalRequest) -> None:
    if request.method in SAFE_METHODS:
        return
    if not csrf.comes_from_us(request.headers.get("sec-fetch-site"), request.headers.get("origin")):
        raise csrf.ForgedForm
    sent = [value for name, value in await request.fields() if name == csrf.FIELD]
    if len(sent) != 1 or not csrf.is_valid(sent[0], request.csrf_binding):
        raise csrf.ForgedForm
