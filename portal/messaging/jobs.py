"""Background work of messaging."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.jobs import job
from portal.messaging import delivering


@job("messaging.deliver", attempts=10_000)
async def deliver(message: str) -> None:
    """A gateway that is away is asked again until the message expires, which is its end."""
    await delivering.deliver(UUID(message), clock.now())
