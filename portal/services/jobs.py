"""Background work of services."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.jobs import job, scheduled
from portal.services import beginning, ending


@job("services.go_on")
async def go_on(order: str) -> None:
    await ending.go_on(UUID(order), clock.now())


@job("services.begin")
async def begin(occasion: str) -> None:
    await beginning.begin(UUID(occasion), clock.now())


@scheduled("services.find_due", "*/5 * * * *")
async def find_due() -> None:
    """Midnight in Slovenia falls on a full hour of UTC, in summer and in winter."""
    await beginning.find_due(clock.now())
