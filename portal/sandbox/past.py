"""What happened to the demo's people before today: done by the portal's own activities, with the clock turned back.

So their messages, orders and suspensions are what the portal makes of such a case, and not what somebody invented.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from portal import clock, jobs
from portal.billing import keywords as _billing
from portal.billing.tables import Bill
from portal.customers.tables import Account, PackageKind
from portal.database import connection
from portal.dunning import jobs as _dunning
from portal.dunning.policy import policy_for
from portal.dunning.suspending import suspend
from portal.dunning.tables import Suspension
from portal.dunning.warning import warn
from portal.messaging import batches
from portal.messaging import jobs as _messaging
from portal.messaging.printing import print_letters
from portal.network import jobs as _network
from portal.sandbox.phone import send_from

NIGHTLY_RUN, PRINT_HOUSE = "nightly run", "print house"
REGISTERED = (_billing, _dunning, _messaging, _network)


class Deed(NamedTuple):
    """Something that was done at a moment."""

    at: datetime
    do: Callable[[], Awaitable[object]]


def warned(account: Account, bill: Bill, at: datetime) -> Deed:
    return Deed(at, lambda: warn(account, bill, policy_for(PackageKind.MOBILE), at=at))


def suspended(account: Account, bill: Bill, kind: PackageKind, step: int, at: datetime) -> Deed:
    """A step of the ladder; the one before it ends."""

    async def do() -> None:
        open_one = (Suspension.account == account.id) & Suspension.ended_at.is_null()
        await Suspension.update({Suspension.ended_at: at}).where(open_one)
        reason = f"bill {bill.number} unpaid"
        await suspend(account, bill, step, policy_for(kind), reason=reason, decided_by=NIGHTLY_RUN, at=at)

    return Deed(at, do)


def asked(number: str, receiver: str, word: str, at: datetime) -> Deed:
    return Deed(at, lambda: send_from(number, receiver, word, at))


def posted(at: datetime) -> Deed:
    """That night's letters are printed, and the print house has them."""

    async def do() -> None:
        for batch in await print_letters(at):
            await batches.hand_over(batch.number, PRINT_HOUSE, at)

    return Deed(at, do)


async def relive(deeds: Sequence[Deed]) -> None:
    """Do them in the running transaction, each with the background work that followed from it."""
    for deed in deeds:
        with clock.stopped_at(deed.at):
            await deed.do()
            await work_off()


async def work_off() -> None:
    """Run the jobs that this transaction enqueued, before any worker can see them."""
    async with connection() as connected:
        while due := await connected.fetch(TAKE):
            for job in due:
                await jobs.JOBS[job["entrypoint"]].work(**json.loads(job["payload"]))


TAKE = "DELETE FROM pgqueuer WHERE created = now() RETURNING entrypoint, payload"
