"""A browser in the sandbox, whose pages the portal itself has only with PORTAL_SANDBOX=1."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import lru_cache

import pytest_asyncio
from litestar import Litestar

from portal.identity.viewers import find_viewer
from portal.sandbox import site
from portal.web import errors
from portal.web.requests import PortalRequest
from tests.visiting import Visitor
from tests.world import exchange, phone

__all__ = ["exchange", "phone"]


@lru_cache(maxsize=1)
def sandbox_app() -> Litestar:
    app = Litestar(
        route_handlers=site.ROUTES,
        request_class=PortalRequest,
        exception_handlers=errors.HANDLERS,
        openapi_config=None,
        logging_config=None,
    )
    app.state.find_viewer = find_viewer
    return app


@pytest_asyncio.fixture
async def sandbox(database: str) -> AsyncIterator[Visitor]:
    async with Visitor(sandbox_app()) as visitor:
        yield visitor
