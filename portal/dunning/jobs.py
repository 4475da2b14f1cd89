"""Background work of dunning."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.dunning import reconnecting
from portal.jobs import job


@job("dunning.reconnected")
async def reconnected(occasion: str) -> None:
    await reconnecting.confirm(UUID(occasion), clock.now())
