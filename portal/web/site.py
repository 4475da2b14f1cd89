"""Routes that belong to no domain: static files, health and metrics."""

from __future__ import annotations

import asyncpg
import prometheus_client
from litestar import Response, get
from litestar.params import FromPath

from portal.database import connection
from portal.refusals import NotFound
from portal.web.assets import Asset, assets
from portal.web.guards import machine
from portal.web.metrics import exposition
from portal.web.protection import header
from portal.web.requests import PortalRequest

FOR_A_YEAR = "public, max-age=31536000, immutable"


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


@get("/metrics", guards=[machine])
async def metrics() -> Response[bytes]:
    return Response(await exposition(), media_type=prometheus_client.CONTENT_TYPE_LATEST)


ROUTES = [static_file, live, ready, metrics]
