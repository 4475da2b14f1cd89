"""Print batches as staff see them, and their way into the print house's hands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.audit import Event, note
from portal.database import connection, transaction
from portal.statements import Statement

MOST_LISTED = 30


class NotHandedOver(Exception):
    """Why a batch is not handed over now, as a sentence for staff."""


@dataclass(frozen=True, slots=True)
class Batch:
    number: str
    letters: int
    made_at: datetime
    is_printed: bool
    handed_over_at: datetime | None
    handed_over_by: str | None


@dataclass(frozen=True, slots=True)
class Letters:
    """How many letters wait, and since when the oldest."""

    waiting: int
    oldest: datetime | None


async def recent() -> list[Batch]:
    """The latest first."""
    return await RECENT.all(most=MOST_LISTED)


async def waiting() -> Letters:
    found = await WAITING.first()
    assert found is not None
    return found


async def hand_over(number: str | None, by: str, at: datetime) -> list[Batch]:
    """The print house has a batch, or all that lie ready: noted once, with every letter of it and on the trail.

    Raises NotHandedOver for a batch that is not there, not ready, or was handed over before.
    """
    async with transaction() as connected:
        handed = [row["id"] for row in await connected.fetch(HAND_OVER, number, by, at)]
        if number is not None and not handed:
            raise NotHandedOver(await why_not(number))
        await connected.execute(LETTERS_HANDED_OVER, handed, at)
        batches = await THESE.all(ids=handed)
        for batch in batches:
            await note(Event.LETTERS_HANDED_OVER, batch=batch.number, letters=batch.letters, by=by)
    return batches


async def why_not(number: str) -> str:
    async with connection() as connected:
        batch = await connected.fetchrow(
            "SELECT handed_over_at, handed_over_by FROM letter_batches WHERE number = $1", number
        )
    if batch is None:
        return f"There is no batch {number}."
    if batch["handed_over_at"] is None:
        return f"Batch {number} is not printed to its end: portal letters print"
    return (
        f"Batch {number} was handed over on {batch['handed_over_at']:%Y-%m-%d %H:%M} UTC by {batch['handed_over_by']}."
    )


# Printed is a batch of which no letter waits any more.
IS_PRINTED = (
    "b.laid_out_at IS NOT NULL AND NOT EXISTS (SELECT FROM messages q WHERE q.batch = b.id AND state = 'queued')"
)
BATCHES = f"""
    SELECT b.number, (SELECT count(*) FROM messages m WHERE m.batch = b.id)::int AS letters, b.made_at,
           {IS_PRINTED} AS is_printed, b.handed_over_at, b.handed_over_by
    FROM letter_batches b
"""  # noqa: S608 - nothing in it is from outside
RECENT = Statement(f"{BATCHES} ORDER BY b.made_at DESC, b.id DESC LIMIT $1", Batch, ("most",))
THESE = Statement(f"{BATCHES} WHERE b.id = ANY ($1) ORDER BY b.made_at, b.id", Batch, ("ids",))
WAITING = Statement(
    """
    SELECT count(*)::int AS waiting, min(created_at) AS oldest FROM messages
    WHERE channel = 'letter' AND state = 'queued'
    """,
    Letters,
)
# The WHERE is the lock: of two people one hands it over.
HAND_OVER = f"""
    UPDATE letter_batches b SET handed_over_at = $3, handed_over_by = $2
    WHERE (number = $1 OR $1::text IS NULL) AND handed_over_at IS NULL AND {IS_PRINTED}
    RETURNING id
"""  # noqa: S608 - as above
LETTERS_HANDED_OVER = """
    UPDATE messages SET state = 'handed_over', sent_at = $2 WHERE batch = ANY ($1) AND state = 'printed'
"""
