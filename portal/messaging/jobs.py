"""Background work of messaging."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.database import transaction
from portal.jobs import NotYet, enqueue, job, scheduled
from portal.messaging import delivering, printing, sweeping

UNTIL_EXPIRED = 10_000
"""Attempts. A gateway that is away is asked again until the message expires, which is its end."""


@job("messaging.deliver_code", attempts=UNTIL_EXPIRED, at_once=16)
@job("messaging.deliver_email_code", attempts=UNTIL_EXPIRED, at_once=4)
@job("messaging.deliver_email", attempts=UNTIL_EXPIRED, at_once=8)
@job("messaging.deliver", attempts=UNTIL_EXPIRED, at_once=32)
async def deliver(message: str) -> None:
    await delivering.deliver(UUID(message), clock.now())


@scheduled("messaging.sweep", "* * * * *")
async def sweep() -> None:
    await sweeping.sweep(clock.now())


@scheduled("messaging.print_tonight", "30 1 * * *")
async def print_tonight() -> None:
    async with transaction():
        await enqueue("messaging.print_letters", once="messaging.print_letters")


@job("messaging.print_letters")
async def print_letters() -> None:
    """A folder that takes nothing is tried again for most of an hour; then the job is held, and the letters wait."""
    try:
        await printing.print_letters(clock.now())
    except printing.PrintingAlready as already:
        raise NotYet(str(already)) from already
