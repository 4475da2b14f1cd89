"""Routes that belong to no domain: static files, the choice of language, health and metrics."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import asyncpg
import prometheus_client
from litestar import Response, get, post
from litestar.params import FromPath
from pydantic import AfterValidator

from portal.database import connection
from portal.refusals import NotFound
from portal.web import tokens
from portal.web.assets import Asset, assets
from portal.web.forms import Form, fill, wrong
from portal.web.guards import anyone, machine
from portal.web.pages import LANGUAGE_YEARS, see_other
from portal.web.protection import header
from portal.web.requests import PortalRequest, UnreadableForm, local_path
from portal.web.wording import LANGUAGES

FOR_A_YEAR = "public, max-age=31536000, immutable"


def known_language(value: str) -> str:
    if value not in LANGUAGES:
        raise wrong("Please check this field.")
    return value


class LanguageForm(Form):
    language: Annotated[str, AfterValidator(known_language)]


@post("/language", guards=[anyone])
async def choose_language(request: PortalRequest) -> Response[bytes]:
    """Kept in this browser, and back to the page it was chosen on."""
    filled = await fill(request, LanguageForm)
    if filled.form is None:
        raise UnreadableForm
    chosen = tokens.cookie(tokens.LANGUAGE, filled.form.language, max_age=LANGUAGE_YEARS)
    return see_other(request, page_before(request), cookies=[chosen])


def page_before(request: PortalRequest) -> str:
    """The path of the page that the form stood on; our Referrer-Policy makes the browser tell it."""
    parts = urlsplit(request.headers.get("referer", ""))
    return local_path(parts.path + (f"?{parts.query}" if parts.query else "")) or "/"


@get("/static/{name:str}", guards=[machine], sync_to_thread=False)
def static_file(request: PortalRequest, name: FromPath[str]) -> Response[bytes]:
    """A file under its hashed name, in the best encoding that the browser takes."""
    found = assets().get(name)
    if found is None:
        raise NotFound
    encoding, body = best_encoding(found, header(request.scope, b"accept-encoding"))
    headers = {"cache-control": FOR_A_YEAR, "vary": "Accept-Encoding"} | encoding
    return Response(body, media_type=found.media_type, headers=headers)


def best_encoding(found: Asset, accepted: bytes) -> tuple[dict[str, str], bytes]:
    if b"br" in accepted:
        return {"content-encoding": "br"}, found.brotli
    if b"zstd" in accepted:
        return {"content-encoding": "zstd"}, found.zstd
    return {}, found.plain


@get("/health/live", guards=[machine], sync_to_thread=False)
def live() -> Response[str]:
    """The process answers."""
    return Response("live", media_type="text/plain")


@get("/health/ready", guards=[machine])
async def ready() -> Response[str]:
    """The process can serve: its database answers."""
    try:
        async with connection() as connected:
            await connected.fetchval("SELECT 1")
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return Response("no database", status_code=503, media_type="text/plain")
    return Response("ready", media_type="text/plain")


@get("/metrics", guards=[machine], sync_to_thread=False)
def metrics() -> Response[bytes]:
    return Response(prometheus_client.generate_latest(), media_type=prometheus_client.CONTENT_TYPE_LATEST)


ROUTES = [choose_language, static_file, live, ready, metrics]
