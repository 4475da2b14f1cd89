"""Bojan's line, and the network it is in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from portal.network.tmf640.adapter import Tmf640Network
from portal.network.tmf640.api import Api
from tests.network.orders import afterwards
from tests.network.tmf640_server import Tmf640Server
from tests.people import Person, a_person
from tests.world import Exchange, exchange

__all__ = ["exchange"]


@pytest_asyncio.fixture
async def bojan(database: str, exchange: Exchange) -> Person:
    return await a_person("Bojan Kralj")


@pytest.fixture(autouse=True)
def nothing_done_yet() -> Iterator[None]:
    afterwards.clear()
    yield
    afterwards.clear()


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Tmf640Server]:
    """Another operator's activation API. Whatever is said to it or by it has to fit the specification."""
    server = Tmf640Server()
    await server.open()
    yield server
    await server.close()
    assert server.faults == []


@pytest_asyncio.fixture
async def adapter(server: Tmf640Server) -> AsyncIterator[Tmf640Network]:
    network = Tmf640Network(Api(server.base, server.token))
    yield network
    await network.close()
