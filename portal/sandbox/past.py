"""What happened to the demo's people before today: done by the portal's own activities, with the clock turned back.

So their messages, orders, cases and suspensions are what the portal makes of such people, and not what somebody
invented.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from portal import clock, jobs
from portal.billing import keywords as _billing
from portal.database import connection
from portal.dunning import jobs as _dunning_jobs
from portal.dunning import keywords as _dunning
from portal.messaging import jobs as _messaging
from portal.network import jobs as _network
from portal.sandbox.nights import moments
from portal.sandbox.phone import send_from
from portal.services import jobs as _services
from portal.usage import jobs as _usage

REGISTERED = (_billing, _dunning, _dunning_jobs, _messaging, _network, _services, _usage)


class Deed(NamedTuple):
    """Something that was done at a moment."""

    at: datetime
    do: Callable[[], Awaitable[object]]


def asked(number: str, receiver: str, word: str, at: datetime) -> Deed:
    return Deed(at, lambda: send_from(number, receiver, word, at))


def nights(since: datetime, until: datetime, accounts: Sequence[UUID]) -> Iterator[Deed]:
    """What happens of itself, to these accounts alone: whoever else is there lives today."""
    for moment in moments(since, until):
        yield Deed(moment.at, partial(moment.do, moment.at, accounts))


async def relive(deeds: Sequence[Deed]) -> None:
    """Do them in the running transaction, each with the background work that followed from it."""
    for deed in sorted(deeds, key=attrgetter("at")):
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
