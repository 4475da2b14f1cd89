"""Background work of signing."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.jobs import job, scheduled
from portal.signing.envelopes import declining, expiring, going_on, reminding
from portal.signing.orders import identifying
from portal.signing.pades import finishing, sweeping

PATIENT_ATTEMPTS = 1_200
"""A week and more: the timestamper is waited for. What was accepted is never signed without it."""
SIGNED_AT_ONCE = 24


@scheduled("signing.remind", "*/5 * * * *")
async def remind() -> None:
    await reminding.remind_all(clock.now())


@scheduled("signing.expire", "* * * * *")
async def expire() -> None:
    await expiring.expire_all(clock.now())


@scheduled("signing.miss", "* * * * *")
async def miss() -> None:
    await identifying.miss_all(clock.now())


@job("signing.go_on")
async def go_on(envelope: str) -> None:
    await going_on.go_on(UUID(envelope), clock.now())


@job("signing.withdraw")
async def withdraw(occasion: str) -> None:
    await declining.withdraw(UUID(occasion), clock.now())


@job("signing.finish", attempts=PATIENT_ATTEMPTS, at_once=SIGNED_AT_ONCE)
async def finish(envelope: str) -> None:
    await finishing.finish(UUID(envelope))


@scheduled("signing.sweep", "*/5 * * * *")
async def sweep() -> None:
    await sweeping.set_off_again(clock.now())
