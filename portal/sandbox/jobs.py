"""Background work of the stand-ins. Without the sandbox nothing enqueues it."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.jobs import job, scheduled
from portal.sandbox import meter
from portal.sandbox import passing as days
from portal.sandbox.stripe import webhooks


@job("sandbox.send_stripe_event", attempts=30)
async def send_stripe_event(event: str) -> None:
    await webhooks.send(event, clock.now())


@job("sandbox.pass_days", attempts=0, at_once=1)
async def pass_days(passing: str) -> None:
    await days.pass_days(UUID(passing))


@scheduled("sandbox.measure", "*/4 * * * *")
async def measure() -> None:
    await meter.measure(clock.now())
