"""The print batch: the letters that wait, each as its PDF, laid out together for the print house.

A batch is a row before it is a folder, so whoever dies over it leaves it to be finished: the next run lays it out
anew from its beginning. Once a run has moved it to its place, it is only noted as printed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import structlog

from portal import clock
from portal.alone import alone, is_still_alone
from portal.database import connection, transaction
from portal.messaging.letter_pdfs import rendered
from portal.messaging.letters import number_of, pages_of
from portal.messaging.print_folder import Item, PrintFolder, make_ready, on_disk
from portal.messaging.tables import LetterBatch, Message
from portal.statements import Statement

log = structlog.get_logger()

MOST = 500
"""Letters in a batch: about ten seconds of work, and what a print house handles as one."""
LOCK = 4_071_2028
"""Any number: one process prints at a time."""


class PrintingAlready(Exception):
    """Another process is at it, or may be."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A batch that was finished."""

    number: str
    letters: int


async def print_letters(at: datetime, most: int = MOST) -> list[Printed]:
    """Finish the batch that somebody left, then make batches until no letter waits.

    A letter that cannot be printed is refused, with a reason for staff, and holds up no other. Raises PrintingAlready,
    or LettersNotLaidOut when the folder does not take them.
    """
    finished = []
    async with alone(LOCK, PrintingAlready("letters are being printed already")) as guard:
        await on_disk(make_ready)
        while batch := await next_batch(at, most):
            if printed := await finish(batch, guard, at):
                finished.append(printed)
    return finished


async def next_batch(at: datetime, most: int) -> LetterBatch | None:
    return await UNFINISHED.first() or await gather(at, most)


async def gather(at: datetime, most: int) -> LetterBatch | None:
    """A new batch with the letters that have waited longest; None when none waits."""
    async with transaction() as connected:
        await connected.execute(EXPIRE, at)
        letters = [row["id"] for row in await connected.fetch(WAITING, most)]
        if not letters:
            return None
        batch = LetterBatch(number=await free_number(at), made_at=at)
        await batch.save()
        await connected.execute("UPDATE messages SET batch = $1 WHERE id = ANY ($2)", batch.id, letters)
    return batch


async def free_number(at: datetime) -> str:
    """`2026-11-28-1`, the first of its day that neither a batch nor a folder has."""
    day, which = clock.day_of(at).isoformat(), 1
    async with connection() as connected:
        which += await connected.fetchval(LAST_OF_DAY, f"{day}-%")
    while await on_disk(PrintFolder(f"{day}-{which}").stands):
        which += 1
    return f"{day}-{which}"


async def finish(batch: LetterBatch, guard: asyncpg.Connection, at: datetime) -> Printed | None:
    """Do what is left of it. None when not one of its letters could be printed."""
    folder = PrintFolder(batch.number)
    if await was_published(batch, folder):
        await on_disk(folder.settle)
        return await note_printed(batch)
    if not await lay_out(batch, folder):
        await withdraw(batch, folder)
        return None
    await LetterBatch.update({LetterBatch.laid_out_at: at}).where(LetterBatch.id == batch.id)
    if not await is_still_alone(guard, LOCK):
        raise PrintingAlready("the lock on printing was lost")
    await on_disk(folder.publish)
    return await note_printed(batch)


async def was_published(batch: LetterBatch, folder: PrintFolder) -> bool:
    """By a run that did not come to note it. Where neither place nor part is left the print house was quicker: a notice
    that comes twice is worse than a person who has to look.
    """
    if not batch.laid_out_at:
        return False
    if await on_disk(folder.place.exists):
        return True
    if await on_disk(folder.parts):
        return False
    log.error("letters were picked up before they were noted as printed", batch=batch.number, folder=str(folder.place))
    return True


async def lay_out(batch: LetterBatch, folder: PrintFolder) -> Sequence[Item]:
    """Write every file of it."""
    await on_disk(folder.begin)
    items: list[Item] = []
    for message in await Message.objects().where(Message.batch == batch.id).order_by("created_at", "id"):
        pdf = await rendered(message)
        if pdf is None:
            continue
        item = item_of(message, pdf, len(items) + 1)
        await on_disk(folder.put, item.file, pdf)
        items.append(item)
    await on_disk(folder.list, batch.made_at.isoformat(), items)
    return items


def item_of(message: Message, pdf: bytes, place: int) -> Item:
    return Item(
        file=f"{place:04d}-{number_of(message.id)}.pdf",
        sha256=hashlib.sha256(pdf).hexdigest(),
        pages=pages_of(pdf),
        bytes=len(pdf),
        recipient=message.recipient.splitlines(),
        language=message.language,
        template=message.template,
        message=str(message.id),
    )


async def withdraw(batch: LetterBatch, folder: PrintFolder) -> None:
    """Nothing is in it."""
    await on_disk(folder.discard)
    await LetterBatch.delete().where(LetterBatch.id == batch.id)


async def note_printed(batch: LetterBatch) -> Printed:
    async with connection() as connected:
        printed = await connected.fetch(PRINTED, batch.id)
    log.info("letters printed", batch=batch.number, letters=len(printed))
    return Printed(batch.number, len(printed))


UNFINISHED = Statement(
    """
    SELECT * FROM letter_batches b
    WHERE handed_over_at IS NULL
    AND (laid_out_at IS NULL OR EXISTS (SELECT FROM messages WHERE batch = b.id AND state = 'queued'))
    ORDER BY made_at, id LIMIT 1
    """,
    LetterBatch,
)
EXPIRE = """
    UPDATE messages SET state = 'expired', "values" = CASE WHEN is_secret THEN '{}' ELSE "values" END
    WHERE channel = 'letter' AND state = 'queued' AND batch IS NULL AND expires_at <= $1
"""
WAITING = """
    SELECT id FROM messages WHERE channel = 'letter' AND state = 'queued' AND batch IS NULL
    ORDER BY created_at, id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
LAST_OF_DAY = "SELECT coalesce(max(split_part(number, '-', 4)::int), 0) FROM letter_batches WHERE number LIKE $1"
PRINTED = """
    UPDATE messages SET
        state = 'printed', attempts = attempts + 1,
        "values" = CASE WHEN is_secret THEN '{}' ELSE "values" END
    WHERE batch = $1 AND state = 'queued' RETURNING id
"""
