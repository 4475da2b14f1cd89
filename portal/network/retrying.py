"""Sending an order of barring once more that the network refused, when a person has mended the cause.

An order of a service is not sent again: its customer was told that it was refused and that nothing is charged, and
asks anew.
"""

from __future__ import annotations

from uuid import UUID

from portal import audit
from portal.database import transaction
from portal.jobs import enqueue
from portal.network.barring import BARRING


async def retry(order: UUID) -> bool:
    """False: it is not refused, or a newer wish has taken its place."""
    async with transaction() as connected:
        account = await connected.fetchval(AGAIN, order)
        if account is None:
            return False
        await enqueue(BARRING.sending, order=str(order))
        await audit.note(audit.Event.BARRING_RETRIED, account=account, order=str(order))
        return True


AGAIN = """
    UPDATE barring_orders o SET state = 'waiting', answer = NULL, refused_as = NULL, under_way = NULL FROM lines l
    WHERE o.id = $1 AND o.state = 'refused' AND l.id = o.line AND NOT EXISTS (
        SELECT FROM barring_orders newer
        WHERE newer.line = o.line AND (newer.asked_at, newer.id) > (o.asked_at, o.id)
    )
    RETURNING l.account
"""
