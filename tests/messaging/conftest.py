from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from portal.sandbox.tables import prepare
from tests.kannel import Kannel, kannel_for, portal_of
from tests.payments.stand_in import free_port
from tests.world import phone

__all__ = ["phone"]


@pytest.fixture(scope="session")
def gateway() -> Iterator[Kannel]:
    """One for all stories; what it cannot lose by a story it does not lose."""
    with kannel_for(f"http://127.0.0.1:{free_port()}") as kannel:
        yield kannel


@pytest_asyncio.fixture
async def kannel(gateway: Kannel, database: str) -> AsyncIterator[Kannel]:
    """The real gateway, with the portal before it and telephones behind it on which nothing has arrived yet."""
    await prepare()
    gateway.up()
    gateway.forget()
    async with portal_of(gateway):
        yield gateway
