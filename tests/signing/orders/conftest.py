"""The sales system that brings orders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from portal import clock
from portal.settings import settings
from tests.people import NOON
from tests.visiting import portal_app

TOKEN = "orders-for-tests-only"


@pytest.fixture
def noon() -> Iterator[None]:
    with clock.stopped_at(NOON):
        yield


@pytest_asyncio.fixture
async def sales(database: str, noon: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """The sales system, which knows our token. It is noon."""
    monkeypatch.setenv("ORDERS_TOKEN", TOKEN)
    settings.cache_clear()
    transport = httpx.ASGITransport(portal_app(), client=("198.51.100.4", 40000), raise_app_exceptions=False)
    known = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    async with httpx.AsyncClient(transport=transport, base_url="https://moj.test", headers=known) as client:
        yield client
    monkeypatch.undo()
    settings.cache_clear()
