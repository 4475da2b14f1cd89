"""Background work of the network."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.jobs import job, scheduled
from portal.network import observing, sending


@job("network.send", at_once=12)
async def send(order: str) -> None:
    await sending.send(UUID(order), clock.now())


@job("network.observe", at_once=4)
async def observe(line: str) -> None:
    await observing.keep_last_wish(UUID(line), clock.now())


@scheduled("network.reconcile", "*/5 * * * *")
async def reconcile() -> None:
    await observing.reconcile(clock.now())
