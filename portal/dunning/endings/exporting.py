"""The export of debts: what was decided since the last one becomes a batch, and lies ready as a folder.

A batch is a row with its debts, each as the line that will stand in the file, before it is a folder. So whoever dies
over it leaves it to be finished, with the same bytes.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from asyncpg import Connection

from portal import clock
from portal.alone import alone
from portal.database import connection, transaction
from portal.dunning.endings import stating
from portal.dunning.endings.files import files_of, is_taken, lay_out
from portal.dunning.endings.tables import HandoverBatch
from portal.dunning.policy import HandOverTo
from portal.statements import Statement

log = structlog.get_logger()

MOST = 2_000
"""Debts in a batch: about 3 MB, and what a person can still look through."""
LOCK = 4_071_2029
"""Any number: one process exports at a time."""


class ExportingAlready(Exception):
    """Another process is at it."""


async def export(to: HandOverTo, at: datetime, most: int = MOST) -> list[HandoverBatch]:
    """Finish what somebody left or what was taken back changed, then make batches until nothing new is there for `to`.

    Raises ExportingAlready, or DebtsNotLaidOut when the folder does not take them.
    """
    finished: list[HandoverBatch] = []
    async with alone(LOCK, ExportingAlready("debts are being exported already")):
        while batch := await next_batch(to, at, most):
            if await finish(batch, at):
                finished.append(batch)
    return finished


async def next_batch(to: HandOverTo, at: datetime, most: int) -> HandoverBatch | None:
    return await UNFINISHED.first(to=to) or await gather(to, at, most)


async def gather(to: HandOverTo, at: datetime, most: int) -> HandoverBatch | None:
    """A new batch with the debts that have waited longest, and what was paid since earlier ones left."""
    async with transaction() as connected:
        waiting = [row["id"] for row in await connected.fetch(WAITING, to, most)]
        settled = [row["id"] for row in await connected.fetch(SETTLED, to, most)]
        if not waiting and not settled:
            return None
        batch = HandoverBatch(number=await free_number(connected, to, at), to=to, made_at=at)
        await batch.save()
        stated = await stating.statements(connected, waiting, at)
        await connected.execute(PUT_IN, batch.id, list(stated), list(stated.values()))
        await connected.execute("UPDATE handovers SET withdrawal = $1 WHERE id = ANY ($2)", batch.id, settled)
    return batch


async def free_number(connected: Connection, to: HandOverTo, at: datetime) -> str:
    """`2026-11-28-agency-1`, the first of its day that neither a batch nor a folder has."""
    begins = f"{clock.day_of(at).isoformat()}-{to}-"
    which: int = await connected.fetchval(LAST_NUMBER, begins) + 1
    while await is_taken(f"{begins}{which}"):
        which += 1
    return f"{begins}{which}"


async def finish(batch: HandoverBatch, at: datetime) -> bool:
    """False when something was taken out of it meanwhile: then it is to be laid out once more."""
    async with connection() as connected:
        debts = [row["stated"] for row in await connected.fetch(DEBTS, batch.id)]
        withdrawn = [stating.withdrawn(row) for row in await connected.fetch(WITHDRAWN, batch.id)]
    await lay_out(batch.number, files_of(batch, debts, withdrawn))
    async with connection() as connected:
        is_noted: bool = await connected.fetchval(NOTE, batch.id, batch.edition, at) is not None
    if is_noted:
        log.info(
            "debts laid out", batch=batch.number, edition=batch.edition, debts=len(debts), withdrawn=len(withdrawn)
        )
    return is_noted


UNFINISHED = Statement(
    """SELECT * FROM handover_batches WHERE "to" = $1 AND laid_out_at IS NULL ORDER BY made_at, id LIMIT 1""",
    HandoverBatch,
    ("to",),
)
WAITING = """
    SELECT id FROM handovers WHERE "to" = $1 AND batch IS NULL AND reversed_at IS NULL AND settled_at IS NULL
    ORDER BY at, id LIMIT $2 FOR UPDATE
"""
SETTLED = """
    SELECT id FROM handovers WHERE "to" = $1 AND settled_at IS NOT NULL AND withdrawal IS NULL
    ORDER BY settled_at, id LIMIT $2 FOR UPDATE
"""
LAST_NUMBER = """
    SELECT coalesce(max(substr(number, length($1) + 1)::int), 0) FROM handover_batches WHERE starts_with(number, $1)
"""
PUT_IN = """
    UPDATE handovers h SET batch = $1, stated = s.line FROM unnest($2::uuid[], $3::text[]) AS s (id, line)
    WHERE h.id = s.id
"""
DEBTS = "SELECT stated FROM handovers WHERE batch = $1 AND reversed_at IS NULL ORDER BY at, id"
WITHDRAWN = """
    SELECT h.dunning_case AS case, b.number AS batch, c.number AS customer, a.number AS account, h.settled_at
    FROM handovers h
    JOIN handover_batches b ON b.id = h.batch
    JOIN accounts a ON a.id = h.account
    JOIN customers c ON c.id = a.customer
    WHERE h.withdrawal = $1 ORDER BY h.settled_at, h.id
"""
# Only of the edition that was laid out.
NOTE = "UPDATE handover_batches SET laid_out_at = $3 WHERE id = $1 AND edition = $2 RETURNING id"
