"""The entries that wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import Gauge

from portal.database import connection
from portal.payments.bank.suggesting import suggestions
from portal.payments.bank.tables import BankEntry, EntryState, Why
from portal.web.metrics import observed

WAITING = Gauge(
    "portal_bank_entries_waiting",
    "Entries of the bank's statements that wait for a person",
    ["why"],
    multiprocess_mode="mostrecent",
)


@dataclass(frozen=True, slots=True)
class Waiting:
    entry: BankEntry
    suggestions: Sequence[str]


async def waiting(why: Why | None, most: int) -> list[Waiting]:
    """Those of the earliest day first."""
    query = BankEntry.objects().where(BankEntry.state == EntryState.WAITING)
    if why is not None:
        query = query.where(BankEntry.why == why)
    entries = await query.order_by(BankEntry.booked_on).order_by(BankEntry.id).limit(most)
    return [Waiting(entry, some) for entry, some in zip(entries, await suggestions(entries), strict=True)]


async def counts() -> dict[str, int]:
    """How many wait, by why."""
    async with connection() as connected:
        return {row["why"]: row["count"] for row in await connected.fetch(COUNTS)}


@observed
async def observe() -> None:
    counted = await counts()
    for why in Why:
        WAITING.labels(why).set(counted.get(why, 0))


COUNTS = "SELECT why, count(*)::int AS count FROM bank_entries WHERE state = 'waiting' GROUP BY why"
