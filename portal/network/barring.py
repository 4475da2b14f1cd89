"""Ordering what is barred on lines: a desired state, the last wish counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.database import transaction
from portal.jobs import enqueue
from portal.network.tables import BarringOrder, Profile


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order as a statement reads it, with the number of its line."""

    id: UUID
    number: str
    voice_out: bool
    voice_in: bool
    sms_out: bool
    data: bool

    @property
    def profile(self) -> Profile:
        return Profile(self.voice_out, self.voice_in, self.sms_out, self.data)


async def order(
    lines: Sequence[UUID], profile: Profile, *, occasion: UUID, then: str | None = None, at: datetime
) -> None:
    """Ask the network for `profile` on each line, in the running transaction.

    An open order of the same line is overtaken. When the network has confirmed every line of the occasion, the job
    named `then` is enqueued once, with `occasion`.
    """
    async with transaction() as connected:
        await connected.execute(HOLD, lines)
        await connected.execute(OVERTAKE, lines)
        for line in lines:
            await place(BarringOrder(line=line, occasion=occasion, then_job=then, asked_at=at, **profile._asdict()))
    if not lines and then:
        await enqueue(then, occasion=str(occasion))


async def place(asked: BarringOrder) -> None:
    await asked.save()
    await enqueue("network.send", order=str(asked.id))


# Two who order for the same line do it one after the other, always in the order of the ids.
HOLD = "SELECT id FROM lines WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE"
OVERTAKE = """
    UPDATE barring_orders SET state = 'superseded' WHERE line = ANY($1) AND state IN ('waiting', 'sent', 'unknown')
"""
