"""Carrying an order to the network and finding out what became of it.

Nothing is taken for done: an order is confirmed when the network, asked anew, has what was ordered. So a time-out, a
late success and a worker that died in between all end the same way, and once.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from uuid import UUID

import structlog

from portal import audit, failures
from portal.database import connection, transaction
from portal.jobs import NotYet
from portal.network.aspects import Aspect
from portal.network.observing import look, read
from portal.network.orders import O, Order
from portal.network.port import Became, NetworkRefused, NetworkTimeout, OrderForgotten, network
from portal.network.tables import OrderState

R = TypeVar("R")
log = structlog.get_logger()

MOST_ASKED = 360
"""Attempts, in a fortnight at the reconciliation's pace. Where the network still says then that an order is under way,
the line tells."""


async def send(aspect: Aspect[O, R], order: UUID, at: datetime) -> None:
    """Raises NotYet while it is not known what the network did."""
    sent = await aspect.orders.statement(CLAIM, "id", "at").first(id=order, at=at)
    if sent is not None and sent.state == OrderState.SUPERSEDED:
        await look_after(aspect, sent, at)
    elif sent is not None:
        await carry(aspect, sent, at)


async def carry(aspect: Aspect[O, R], sent: O, at: datetime) -> None:
    try:
        is_done = await is_carried_out(aspect, sent)
    except NetworkTimeout:
        is_done = False
    except NetworkRefused as no:
        await refuse(aspect, sent, no)
        return
    await (confirm(aspect, sent, at) if is_done else leave_unknown(aspect, sent))


async def is_carried_out(aspect: Aspect[O, R], sent: O) -> bool:
    """What is under way is not sent again; and what was sent before may have arrived: look first."""
    if sent.under_way:
        if not await has_ended(sent):
            return False
        await keep(aspect, sent, None)
        return await is_found(aspect, sent)
    if sent.attempts > 1 and await is_found(aspect, sent):
        return True
    if under_way := await aspect.apply(sent):
        await keep(aspect, sent, under_way)
        return False
    return await is_found(aspect, sent)


async def is_found(aspect: Aspect[O, R], sent: O) -> bool:
    return aspect.is_as_ordered(await read(aspect, sent.line, sent.number), sent)


async def has_ended(taken: Order) -> bool:
    """Whether the network is through with what it took. What it has forgotten is sent again, unless it did it."""
    if taken.attempts > MOST_ASKED:
        return True
    try:
        return await network().became(taken.under_way or "") == Became.DONE
    except OrderForgotten:
        return True


async def keep(aspect: Aspect[O, R], taken: O, under_way: str | None) -> None:
    async with connection() as connected:
        await connected.execute(aspect.orders.sql(KEEP), taken.id, under_way)


async def confirm(aspect: Aspect[O, R], sent: O, at: datetime) -> None:
    async with transaction() as connected:
        is_confirmed = await connected.fetchval(aspect.orders.sql(CONFIRM), sent.id, at)
        if is_confirmed:
            await aspect.follow(sent, OrderState.CONFIRMED)
    if not is_confirmed:
        await send(aspect, sent.id, at)  # it was superseded on its way


async def leave_unknown(aspect: Aspect[O, R], sent: O) -> None:
    async with connection() as connected:
        await connected.execute(aspect.orders.sql(LEAVE_UNKNOWN), sent.id)
    if sent.is_tried_soon:
        raise NotYet("the network has not done it, or not said so")
    log.warning("order unknown", order=str(sent.id), attempts=sent.attempts)


async def refuse(aspect: Aspect[O, R], sent: O, no: NetworkRefused) -> None:
    """An end that staff must see: the order is not sent again by itself."""
    async with transaction() as connected:
        if not await connected.fetchval(aspect.orders.sql(REFUSE), sent.id, no.reason[:200], no.code):
            return
        log.error("order refused", order=str(sent.id), reason=failures.masked(no.reason))
        await aspect.follow(sent, OrderState.REFUSED)
        await audit.note(aspect.refusal, account=sent.account, order=str(sent.id), reason=no.reason)


async def look_after(aspect: Aspect[O, R], left: O, at: datetime) -> None:
    """One that was superseded on its way may reach the network after the one that superseded it.

    Raises NotYet while either is under way: the newer one may have been read back before the older one arrived. A
    network that is silent is asked by the reconciliation.
    """
    try:
        if left.under_way and not await has_ended(left):
            await leave_unknown(aspect, left)
        elif await is_overtaker_on_its_way(aspect, left):
            raise NotYet("the newer order is on its way")
        else:
            await look(aspect, left.line, at)
            await keep(aspect, left, None)
    except NetworkRefused:
        await keep(aspect, left, None)
    except NetworkTimeout:
        log.info("line not looked at", line=str(left.line))


async def is_overtaker_on_its_way(aspect: Aspect[O, R], left: O) -> bool:
    async with connection() as connected:
        return bool(await connected.fetchval(aspect.orders.sql(OVERTAKER_SENT), left.id))


# One that was superseded on its way is claimed to be looked after, and stays what it is.
CLAIM = """
    UPDATE {table} AS o SET sent_at = $2, attempts = least(attempts + 1, 9999),
        state = CASE WHEN o.state = 'superseded' THEN o.state ELSE 'sent' END
    FROM lines AS l
    WHERE o.id = $1 AND l.id = o.line AND (o.state IN {open} OR o.state = 'superseded' AND o.attempts > 0)
    RETURNING {columns}
"""
KEEP = "UPDATE {table} SET under_way = $2 WHERE id = $1"
CONFIRM = """
    UPDATE {table} SET state = 'confirmed', confirmed_at = $2
    WHERE id = $1 AND state IN ('sent', 'unknown') RETURNING true
"""
LEAVE_UNKNOWN = "UPDATE {table} SET state = 'unknown' WHERE id = $1 AND state = 'sent'"
REFUSE = """
    UPDATE {table} SET state = 'refused', answer = $2, refused_as = $3
    WHERE id = $1 AND state IN ('sent', 'unknown') RETURNING true
"""
OVERTAKER_SENT = """
    SELECT EXISTS (SELECT FROM {table} o JOIN {table} other ON {same} WHERE o.id = $1 AND other.state = 'sent')
"""
