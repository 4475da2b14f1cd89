"""The stand-ins of the sandbox behind the ports, for tests. Import the fixtures into a `conftest.py`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from portal.messaging import gateways
from portal.network import port
from portal.network.tables import Profile
from portal.sandbox.mailbox import ReceivedMail, SandboxMailbox
from portal.sandbox.network import Behaviour, NetworkLine, SandboxNetwork, behave, carry_out
from portal.sandbox.phone import PhoneText, SandboxPhone
from portal.sandbox.tables import prepare


class Gate:
    """Where a slow order waits until the test lets it go on."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def __call__(self) -> None:
        self.reached.set()
        await asyncio.wait_for(self.opened.wait(), 10)

    async def somebody_waits(self) -> None:
        """Until somebody stands at it."""
        await asyncio.wait_for(self.reached.wait(), 10)


class Exchange:
    """The network as a test sees it: `slow` lines wait at `gate`."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.network = SandboxNetwork(self.gate)

    async def behaves(self, line: str, behaviour: Behaviour) -> None:
        await behave(line, behaviour)

    async def has(self, line: str) -> Profile:
        return await self.network.profile_of(line)

    async def applied(self, line: str) -> int:
        """How many orders it has carried out for a line."""
        row = await NetworkLine.objects().get(NetworkLine.number == line)
        return row.applied if row is not None else 0

    async def drifts(self, line: str, profile: Profile) -> None:
        """Somebody else changes the line."""
        await carry_out(line, profile)


@pytest_asyncio.fixture
async def exchange(migrated: str) -> AsyncIterator[Exchange]:
    await prepare()
    exchange = Exchange()
    port.use(exchange.network)
    yield exchange
    port.use(None)


@pytest_asyncio.fixture
async def phone(migrated: str) -> AsyncIterator[SandboxPhone]:
    await prepare()
    gateways.use_sms(phone := SandboxPhone())
    yield phone
    gateways.use_sms(None)


@pytest_asyncio.fixture
async def mailbox(migrated: str) -> AsyncIterator[SandboxMailbox]:
    await prepare()
    gateways.use_mail(mailbox := SandboxMailbox())
    yield mailbox
    gateways.use_mail(None)


async def mails(address: str) -> list[ReceivedMail]:
    """What arrived at an address, oldest first."""
    return await ReceivedMail.objects().where(ReceivedMail.address == address).order_by("at", "id")


async def texts(number: str) -> list[str]:
    """What arrived on a phone, oldest first."""
    return [text.text for text in await PhoneText.objects().where(PhoneText.number == number).order_by("at", "id")]
