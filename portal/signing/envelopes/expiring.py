"""The 24 hours are over. Nothing could be signed from that moment on; this writes it down and tells of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal.database import connection, transaction
from portal.services import beginning
from portal.signing.envelopes.guarding import order_of
from portal.signing.envelopes.telling import tell_over
from portal.signing.evidence.chain import Event, note
from portal.signing.orders.staff import Occasion, tell_staff
from portal.signing.tables import Order


async def expire_all(at: datetime) -> None:
    """Each in a transaction of its own: a worker that dies between two leaves the rest to the next."""
    async with connection() as connected:
        due = await connected.fetch(DUE, at)
    for row in due:
        await expire(row["id"], at)


async def expire(envelope: UUID, at: datetime) -> bool:
    """False: it was decided in its last moment, or its time still runs. The WHERE is the lock."""
    async with transaction() as connected:
        order = await connected.fetchval(EXPIRE, envelope, at)
        if order is not None:
            await follow(envelope, await order_of(order), at)
            await note(envelope, Event.EXPIRED, at)
        return order is not None


async def follow(envelope: UUID, order: Order, at: datetime) -> None:
    """One message to the customer: of a switch, services tell that it is given up and why."""
    is_told = order.switch is not None and await beginning.lapsed(order.switch, at)
    if not is_told:
        await tell_over("documents_expired", envelope, order, at, instead=order.instead)
    await tell_staff(order, Occasion.EXPIRED, at)


DUE = "SELECT id FROM envelopes WHERE state = 'open' AND expires_at <= $1 ORDER BY expires_at"
EXPIRE = """
    UPDATE envelopes SET state = 'expired', decided_at = $2
    WHERE id = $1 AND state = 'open' AND expires_at <= $2 RETURNING "order"
"""
