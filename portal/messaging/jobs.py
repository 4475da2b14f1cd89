"""Background work of messaging."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.jobs import job
from portal.messaging import delivering


@job("messaging.deliver", attempts=60)
async def deliver(message: str) -> None:
    """Sixty attempts last through a night without a gateway; then the job is held and the message still waits."""
    await delivering.deliver(UUID(message), clock.now())
