"""Batches of debts as staff see them, and the moment they leave the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.audit import Event, note
from portal.database import connection, transaction
from portal.dunning.policy import HandOverTo
from portal.money import Money
from portal.statements import Statement

MOST_LISTED = 30


class NotLeft(Exception):
    """Why a batch does not leave now, as a sentence for staff."""


@dataclass(frozen=True, slots=True)
class Batch:
    """`cents`: of its debts, as they were handed over; `withdrawn`: how many earlier ones it takes back as paid."""

    number: str
    edition: int
    debts: int
    withdrawn: int
    cents: int
    made_at: datetime
    is_laid_out: bool
    left_at: datetime | None
    left_by: str | None

    @property
    def total(self) -> Money:
        return Money(self.cents)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Debts that are in no batch yet, of one receiver."""

    to: HandOverTo
    debts: int


async def recent() -> list[Batch]:
    """The latest first."""
    return await RECENT.all(most=MOST_LISTED)


async def waiting() -> list[Waiting]:
    return await WAITING.all()


async def leave(number: str, by: str, at: datetime) -> Batch:
    """The receiver has it: from now on nothing in it can be taken back, only withdrawn by a later batch.

    Raises NotLeft for a batch that is not there, does not lie ready as it is now, or has left before.
    """
    async with transaction() as connected:
        if await connected.fetchval(LEAVE, number, by, at) is None:
            raise NotLeft(await why_not(number))
        [batch] = await ONE.all(number=number)
        await note(Event.HANDOVER_LEFT, batch=number, debts=batch.debts, by=by)
    return batch


async def why_not(number: str) -> str:
    async with connection() as connected:
        batch = await connected.fetchrow(
            "SELECT edition, left_at, left_by FROM handover_batches WHERE number = $1", number
        )
    if batch is None:
        return f"There is no batch {number}."
    if batch["left_at"] is not None:
        return f"Batch {number} left on {batch['left_at']:%Y-%m-%d %H:%M} UTC by {batch['left_by']}."
    if batch["edition"] > 1:
        return f"Something was taken out of batch {number}: run portal dunning handover export, and hand that on."
    return f"Batch {number} is not laid out to its end: portal dunning handover export"


BATCHES = """
    SELECT b.number, b.edition, b.made_at, b.laid_out_at IS NOT NULL AS is_laid_out, b.left_at, b.left_by,
           (SELECT count(*) FROM handovers WHERE withdrawal = b.id)::int AS withdrawn, d.debts, d.cents
    FROM handover_batches b
    CROSS JOIN LATERAL (
        SELECT count(*)::int AS debts, coalesce(sum(cents), 0)::bigint AS cents
        FROM handovers WHERE batch = b.id AND reversed_at IS NULL
    ) d
"""
RECENT = Statement(f"{BATCHES} ORDER BY b.made_at DESC, b.number DESC LIMIT $1", Batch, ("most",))
ONE = Statement(f"{BATCHES} WHERE b.number = $1", Batch, ("number",))
WAITING = Statement(
    """
    SELECT "to", count(*)::int AS debts FROM handovers
    WHERE batch IS NULL AND reversed_at IS NULL AND settled_at IS NULL GROUP BY "to" ORDER BY "to"
    """,
    Waiting,
)
# The WHERE is the lock: of two people one lets it go, and nothing is taken out of it in between.
LEAVE = """
    UPDATE handover_batches SET left_at = $3, left_by = $2
    WHERE number = $1 AND left_at IS NULL AND laid_out_at IS NOT NULL RETURNING id
"""
