"""Bojan's line, and the network it is in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import pytest_asyncio

from tests.network.orders import afterwards
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
