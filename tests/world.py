"""The stand-ins of the sandbox behind the ports, for tests. Import the fixtures into a `conftest.py`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from portal import clock
from portal.messaging import gateways
from portal.network import port
from portal.network.tables import OFF, Profile, Setting
from portal.sandbox.mailbox import ReceivedMail, SandboxMailbox
from portal.sandbox.network import (
    Behaviour,
    NetworkLine,
    NetworkService,
    SandboxNetwork,
    bar,
    behave,
    bring_up,
    finish,
    has_services,
    set_service,
    take_down,
)
from portal.sandbox.network.behaviours import LINE_MOVING
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

    async def behaves(self, line: str, behaviour: Behaviour, reason: str = LINE_MOVING) -> None:
        await behave(line, behaviour, reason)

    async def goes_down(self) -> None:
        await take_down(clock.now())

    async def comes_up(self) -> None:
        await bring_up()

    async def finishes(self, line: str) -> None:
        """What it took to do later is due now."""
        await finish(line)

    async def has(self, line: str) -> Profile:
        return await self.network.profile_of(line)

    async def applied(self, line: str) -> int:
        """How many orders it has carried out for a line."""
        row = await NetworkLine.objects().get(NetworkLine.number == line)
        return row.applied if row is not None else 0

    async def drifts(self, line: str, profile: Profile) -> None:
        """Somebody else changes the line."""
        await bar(line, profile)

    async def has_setting(self, line: str, service: str) -> Setting:
        return (await self.network.services_of(line)).get(service, OFF)

    async def has_on(self, line: str, **services: Setting) -> None:
        """From now on the line has these services, as when it was connected."""
        await has_services(line, services)

    async def switched(self, line: str, service: str) -> int:
        """How many orders it has carried out for a service of a line."""
        row = await NetworkService.objects().get((NetworkService.number == line) & (NetworkService.service == service))
        return row.applied if row is not None else 0

    async def service_drifts(self, line: str, service: str, setting: Setting) -> None:
        """Somebody else switches a service of the line."""
        await set_service(line, service, setting)


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
