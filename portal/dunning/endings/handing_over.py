"""A debt given to the collection agency, later to enforcement; and taken back as long as it has not left the house."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Connection, Record

from portal import clock
from portal.audit import Event, note
from portal.database import transaction
from portal.dunning.case_tables import CaseEvent, DunningCase
from portal.dunning.endings.tables import Handover
from portal.dunning.owing import overdue_of
from portal.dunning.policy import HandOverTo

PAID = "it was paid"


async def hand_over(case: DunningCase, to: HandOverTo, event: CaseEvent, *, at: datetime) -> None:
    """Give all that is overdue and not disputed now to `to`, with the next export. Once for a case.

    Runs in the caller's transaction with the account locked.
    """
    owed = await overdue_of(case.account, clock.day_of(at))
    if not owed.is_positive:
        return
    handover = Handover(
        account=case.account,
        dunning_case=case.id,
        to=to,
        cents=owed.cents,
        at=at,
        reason=event.reason,
        decided_by=event.decided_by,
    )
    if await Handover.insert(handover).on_conflict(action="DO NOTHING").returning(Handover.id):
        await note(Event.HANDED_OVER, account=case.account, to=to, cents=owed.cents, decided_by=event.decided_by)


async def note_settled(case: DunningCase, at: datetime) -> None:
    """The case is settled: what has left is withdrawn by the next export, anything else is taken back here.

    Runs in the caller's transaction with the account locked.
    """
    async with transaction() as connected:
        left, here = await standing(connected, case)
        await connected.execute(SETTLE, [row["id"] for row in left], at)
        for row in left:
            await note(Event.HANDOVER_SETTLED, account=case.account, to=row["to"])
        await take_back(connected, case, here, by="settled", because=PAID, at=at)


async def standing(connected: Connection, case: DunningCase) -> tuple[list[Record], list[Record]]:
    """The case's handovers that stand: those that have left the house, and those that are still here.

    Their batches are locked, so that none leaves before the running transaction ends.
    """
    rows = await connected.fetch(STANDING, case.id)
    still_here = {row["id"] for row in await connected.fetch(STILL_HERE, [row["batch"] for row in rows])}
    left = [row for row in rows if row["batch"] and row["batch"] not in still_here]
    return left, [row for row in rows if row not in left]


async def take_back(
    connected: Connection, case: DunningCase, handovers: Sequence[Record], *, by: str, because: str, at: datetime
) -> None:
    """A batch that one of them lies in is laid out anew without it."""
    ids: list[UUID] = [row["id"] for row in handovers]
    await connected.execute(TAKE_BACK, ids, by, because, at)
    await connected.execute(ANOTHER_EDITION, [row["batch"] for row in handovers])
    for row in handovers:
        await note(Event.HANDOVER_REVERSED, account=case.account, to=row["to"], by=by, because=because)


STANDING = """
    SELECT id, "to", batch FROM handovers
    WHERE dunning_case = $1 AND reversed_at IS NULL AND settled_at IS NULL ORDER BY at, id FOR UPDATE
"""
STILL_HERE = "SELECT id FROM handover_batches WHERE id = ANY ($1) AND left_at IS NULL ORDER BY id FOR UPDATE"
SETTLE = "UPDATE handovers SET settled_at = $2 WHERE id = ANY ($1)"
TAKE_BACK = """
    UPDATE handovers SET reversed_by = $2, reversed_because = $3, reversed_at = $4 WHERE id = ANY ($1)
"""
ANOTHER_EDITION = "UPDATE handover_batches SET edition = edition + 1, laid_out_at = NULL WHERE id = ANY ($1)"
