"""What the network says a line has: noted, and put right when it is not what was ordered a moment ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import structlog

from portal import clock
from portal.database import connection, transaction
from portal.network.aspects import HOLD, Aspect
from portal.network.orders import O
from portal.network.tables import OrderState

R = TypeVar("R")
log = structlog.get_logger()

WATCH = timedelta(minutes=15)
"""For so long after an order a line is put right: what was on its way may still arrive. What the network changes
later is accepted, and what it changes against our corrections, which are no new orders, as well."""


async def look(aspect: Aspect[O, R], line: UUID, at: datetime) -> None:
    """Read what the line has, and order the last wishes again that it has not. Raises NetworkTimeout.

    A wish that is open looks for itself; one that was refused is let go.
    """
    wishes = await last_wishes(aspect, line, at)
    report = await read(aspect, line, await number_of(line))
    for wish in wishes:
        if wish.state == OrderState.CONFIRMED and not aspect.is_as_ordered(report, wish):
            await wish_again(aspect, wish, at)


async def read(aspect: Aspect[O, R], line: UUID, number: str) -> R:
    """What the line has, noted as of when we asked: what the job did before that may have taken its time."""
    asked_at = clock.now()
    report = await aspect.report_on(number)
    await aspect.note(line, report, asked_at)
    return report


async def wish_again(aspect: Aspect[O, R], wish: O, at: datetime) -> None:
    """Unless a newer wish has come in the meantime."""
    async with transaction() as connected:
        await connected.execute(HOLD, [wish.line])
        if any(last.id == wish.id for last in await last_wishes(aspect, wish.line, at)):
            log.warning("line differs", line=str(wish.line), order=str(wish.id))
            await aspect.order_again(wish, at)


async def last_wishes(aspect: Aspect[O, R], line: UUID, at: datetime) -> list[O]:
    """The newest order that none superseded, of each thing about which the network was sent something lately."""
    return await aspect.orders.statement(LAST_WISHES, "line", "since").all(line=line, since=at - WATCH)


async def number_of(line: UUID) -> str:
    async with connection() as connected:
        return str(await connected.fetchval("SELECT number FROM lines WHERE id = $1", line))


LAST_WISHES = """
    SELECT DISTINCT ON ({key}) {columns}
    FROM {table} o JOIN lines l ON l.id = o.line
    WHERE o.line = $1 AND o.state <> 'superseded'
        AND EXISTS (
            SELECT FROM {table} other
            WHERE {same} AND other.sent_at > $2 AND (NOT other.is_correction OR other.state = 'superseded')
        )
    ORDER BY {key}, o.state IN {open} DESC, o.asked_at DESC, o.id DESC
"""
