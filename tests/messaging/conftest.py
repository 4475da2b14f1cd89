from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from portal.clock import stopped_at
from portal.sandbox.tables import prepare
from portal.settings import settings
from tests.kannel import Kannel, kannel_for, portal_of
from tests.mail_server import Running, mail_server
from tests.payments.stand_in import free_port
from tests.people import NOON, Person, a_person, signed_in
from tests.visiting import Visitor, portal_app
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


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Running]:
    """A mail server that takes everything."""
    async with mail_server() as running:
        yield running


@pytest.fixture
def folder(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the print house looks, on an empty database."""
    monkeypatch.setenv("LETTERS_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest_asyncio.fixture
async def bojan(database: str) -> Person:
    return await a_person("Bojan Kralj")


@pytest_asyncio.fixture
async def stranger(database: str) -> AsyncIterator[Visitor]:
    """Somebody else's browser."""
    async with Visitor(portal_app(), address="198.51.100.9") as visitor:
        yield visitor


@pytest_asyncio.fixture
async def his(visit: Visitor, bojan: Person) -> AsyncIterator[Visitor]:
    """His browser, at noon."""
    with stopped_at(NOON):
        yield await signed_in(visit, bojan, at=NOON)
