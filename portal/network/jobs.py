"""Background work of the network."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from portal import clock
from portal.jobs import job, scheduled
from portal.network import reconciling, sending, switching
from portal.network.aspects import Aspect
from portal.network.barring import BARRING
from portal.network.observing import look
from portal.network.port import NetworkTimeout
from portal.network.switching import SERVICES


@job(BARRING.sending, at_once=12)
async def send(order: str) -> None:
    await sending.send(BARRING, UUID(order), clock.now())


@job(SERVICES.sending, at_once=12)
async def send_service(order: str) -> None:
    await sending.send(SERVICES, UUID(order), clock.now())


@job(BARRING.looking, at_once=4)
async def observe(line: str) -> None:
    await look_again(BARRING, line)


@job(SERVICES.looking, at_once=4)
async def read_again(line: str) -> None:
    await look_again(SERVICES, line)


@job("network.read", at_once=8)
async def read(line: str) -> None:
    """For somebody who looks at the line. When the network is silent they look again, or the next one does."""
    with suppress(NetworkTimeout):
        await switching.read_services(UUID(line), clock.now())


async def look_again(aspect: Aspect[Any, Any], line: str) -> None:
    """A network that is silent is asked by the next round."""
    with suppress(NetworkTimeout):
        await look(aspect, UUID(line), clock.now())


@scheduled("network.reconcile", "*/5 * * * *")
async def reconcile() -> None:
    await reconciling.reconcile(clock.now())
