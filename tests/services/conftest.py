"""Ana's mobile line and Franc's home, both read from the network, on one day at noon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import pytest_asyncio

from portal import clock
from portal.customers.tables import CustomerKind, PackageKind
from portal.network import port
from portal.sandbox.mailbox import SandboxMailbox
from portal.sandbox.phone import SandboxPhone
from portal.services import documents
from tests.people import NOON, Person, a_person
from tests.services.asking import read
from tests.services.papers import Papers
from tests.services.picky import Picky
from tests.world import Exchange, exchange, mailbox, phone

__all__ = ["exchange", "mailbox", "phone"]


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.stopped_at(NOON):
        yield


@pytest_asyncio.fixture
async def ana(database: str, exchange: Exchange, mailbox: SandboxMailbox, phone: SandboxPhone) -> Person:
    return await read(await a_person("Ana Kos"))


@pytest_asyncio.fixture
async def franc(database: str, exchange: Exchange, mailbox: SandboxMailbox, phone: SandboxPhone) -> Person:
    return await read(await a_person("Franc Zupan", package=PackageKind.KOMBO))


@pytest_asyncio.fixture
async def shop(database: str, exchange: Exchange, mailbox: SandboxMailbox, phone: SandboxPhone) -> Person:
    """A company's home line."""
    return await read(await a_person("Trgovina d. o. o.", kind=CustomerKind.COMPANY, package=PackageKind.KOMBO))


@pytest.fixture
def picky(exchange: Exchange) -> Picky:
    """The network, which says no to the services one names."""
    network = Picky(exchange.gate)
    port.use(network)
    return network


@pytest.fixture
def papers() -> Iterator[Papers]:
    """Document signing is connected."""
    documents.use(papers := Papers())
    yield papers
    documents.use(None)
