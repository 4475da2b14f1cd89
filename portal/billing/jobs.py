"""Background work of billing."""

from __future__ import annotations

from uuid import UUID

from portal import clock
from portal.billing.arriving import announcing
from portal.jobs import job


@job("billing.announce", at_once=4)
async def announce(bills: str) -> None:
    await announcing.announce_each([UUID(bill) for bill in bills.split()], clock.now())
