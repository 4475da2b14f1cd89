"""Background work of the stand-ins. Without the sandbox nothing enqueues it."""

from __future__ import annotations

from portal import clock
from portal.jobs import job
from portal.sandbox.stripe import webhooks


@job("sandbox.send_stripe_event", attempts=30)
async def send_stripe_event(event: str) -> None:
    await webhooks.send(event, clock.now())
