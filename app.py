"""Assembles settings, plugins and controllers; nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from litestar import Litestar

from portal.billing.pages import BillPages
from portal.database import open_database
from portal.identity.viewers import find_viewer
from portal.settings import settings
from portal.web import errors, site
from portal.web.protection import Protection
from portal.web.requests import PortalRequest

if TYPE_CHECKING:
    from litestar.types import ASGIApp

LARGEST_BODY = 64 * 1024


def create_app() -> ASGIApp:
    """The whole portal as one ASGI application, ready for granian."""
    portal = Litestar(
        route_handlers=[*site.ROUTES, BillPages],
        request_class=PortalRequest,
        lifespan=[database],
        exception_handlers=errors.HANDLERS,
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    portal.state.find_viewer = find_viewer
    return Protection(portal, settings())


@asynccontextmanager
async def database(_: Any) -> AsyncIterator[None]:
    url = settings().database_url
    async with open_database(url.get_secret_value() if url else None, settings().database_pool_size):
        yield
