"""Carrying an order to the network and finding out what became of it.

Nothing is taken for done: an order is confirmed when the network, asked anew, has what was ordered. So a time-out, a
late success and a worker that died in between all end the same way, and once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from portal import audit
from portal.database import connection, transaction
from portal.jobs import NotYet, enqueue
from portal.network.barring import Ordered
from portal.network.observing import keep_last_wish, note_observed
from portal.network.port import NetworkRefused, NetworkTimeout, network
from portal.network.tables import Profile
from portal.statements import Statement

log = structlog.get_logger()

PATIENCE = 6
"""Attempts soon after each other; then the reconciliation goes on every few minutes."""


@dataclass(frozen=True, slots=True)
class Sent(Ordered):
    """An order that is being carried out."""

    line: UUID
    account: UUID
    attempts: int


async def send(order_id: UUID, at: datetime) -> None:
    """Raises NotYet while it is not known what the network did."""
    sent = await CLAIM.first(id=order_id, at=at)
    if sent is None:
        await look_after_overtaken(order_id, at)
        return
    try:
        observed = await carried_out(sent)
    except NetworkTimeout:
        await leave_unknown(sent)
    except NetworkRefused as no:
        await refuse(sent, no.reason)
    else:
        await note_observed(sent.line, observed, at)
        await (confirm(sent, at) if observed == sent.profile else leave_unknown(sent))


async def carried_out(sent: Sent) -> Profile:
    """What the line has in the end. An order that was sent before may have arrived: look first."""
    if sent.attempts > 1 and await network().profile_of(sent.number) == sent.profile:
        return sent.profile
    await network().apply(sent.number, sent.profile, str(sent.id))
    return await network().profile_of(sent.number)


async def confirm(sent: Sent, at: datetime) -> None:
    """The line that completes an occasion enqueues what comes after it, once."""
    async with transaction() as connected:
        confirmed = await connected.fetchrow(CONFIRM, sent.id, at)
        if confirmed is not None and confirmed["then_job"]:
            await connected.execute(ONE_AT_A_TIME, str(confirmed["occasion"]))
            if await connected.fetchval(COMPLETE, confirmed["occasion"]):
                await enqueue(confirmed["then_job"], occasion=str(confirmed["occasion"]))
    if confirmed is None:
        await look_after_overtaken(sent.id, at)


async def leave_unknown(sent: Sent) -> None:
    async with connection() as connected:
        await connected.execute(LEAVE_UNKNOWN, sent.id)
    if sent.attempts < PATIENCE:
        raise NotYet("the network has not done it, or not said so")
    log.warning("order unknown", order=str(sent.id), attempts=sent.attempts)


async def refuse(sent: Sent, reason: str) -> None:
    """An end that staff must see: the order is not sent again by itself."""
    async with transaction() as connected:
        if await connected.fetchval(REFUSE, sent.id, reason[:200]):
            log.error("order refused", order=str(sent.id), reason=reason)
            await audit.note(audit.Event.BARRING_REFUSED, account=sent.account, order=str(sent.id), reason=reason)


async def look_after_overtaken(order_id: UUID, at: datetime) -> None:
    """An order that was overtaken on its way may have reached the network after the one that overtook it."""
    async with connection() as connected:
        line = await connected.fetchval(OVERTAKEN, order_id)
    if line is not None:
        await keep_last_wish(line, at)


CLAIM = Statement(
    """
    UPDATE barring_orders AS o SET state = 'sent', sent_at = $2, attempts = least(attempts + 1, 9999)
    FROM lines AS l
    WHERE o.id = $1 AND l.id = o.line AND o.state IN ('waiting', 'sent', 'unknown')
    RETURNING o.id, o.line, l.number, l.account, o.attempts, o.voice_out, o.voice_in, o.sms_out, o.data
    """,
    Sent,
    ("id", "at"),
)
CONFIRM = """
    UPDATE barring_orders SET state = 'confirmed', confirmed_at = $2
    WHERE id = $1 AND state IN ('sent', 'unknown') RETURNING occasion, then_job
"""
# Lines of one occasion confirmed at the same time wait here for each other, so that the last one sees them all.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
COMPLETE = """
    SELECT NOT EXISTS (SELECT FROM barring_orders WHERE occasion = $1 AND then_job IS NOT NULL AND state <> 'confirmed')
"""
LEAVE_UNKNOWN = "UPDATE barring_orders SET state = 'unknown' WHERE id = $1 AND state = 'sent'"
REFUSE = """
    UPDATE barring_orders SET state = 'refused', answer = $2 WHERE id = $1 AND state IN ('sent', 'unknown') RETURNING id
"""
OVERTAKEN = "SELECT line FROM barring_orders WHERE id = $1 AND state = 'superseded' AND attempts > 0"
