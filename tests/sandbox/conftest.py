"""A browser in the sandbox, whose pages the portal itself has only with PORTAL_SANDBOX=1."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import lru_cache
from pathlib import Path

import pytest
import pytest_asyncio
from litestar import Litestar

from portal import clock
from portal.identity.viewers import find_viewer
from portal.sandbox import offset, site
from portal.sandbox.offset import Offset
from portal.sandbox.tables import prepare
from portal.settings import settings
from portal.web import errors
from portal.web.protection import Protection
from portal.web.requests import PortalRequest
from tests.visiting import Visitor
from tests.world import exchange, mailbox, phone

__all__ = ["exchange", "mailbox", "phone"]


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
async def protected(database: str) -> AsyncIterator[Visitor]:
    """A browser in the sandbox as it is served: within what every answer carries."""
    async with Visitor(Protection(sandbox_app(), settings())) as visitor:
        yield visitor


@pytest_asyncio.fixture
async def sandbox(database: str) -> AsyncIterator[Visitor]:
    async with Visitor(sandbox_app()) as visitor:
        yield visitor


@pytest_asyncio.fixture
async def demo_clock(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Offset]:
    """The process lives by a clock of the demo's, which nobody has moved yet."""
    monkeypatch.setattr(offset, "FOLDER", tmp_path / "clock")
    await prepare()
    yield await offset.follow()
    clock.use(clock.system)
