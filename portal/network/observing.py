"""What the network says a line has: noted, and put right when it is not the last wish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from portal.database import connection, transaction
from portal.jobs import NotYet, enqueue
from portal.network.barring import HOLD, Ordered, order
from portal.network.port import NetworkTimeout, network
from portal.network.tables import OrderState, Profile
from portal.statements import Statement

log = structlog.get_logger()

PAUSE = timedelta(minutes=2)
"""An order that was unknown for this long has no job of its own any more."""
WATCH = timedelta(minutes=15)
"""For so long after an order a line is looked at again: what was on its way may still arrive."""


@dataclass(frozen=True, slots=True)
class Wish(Ordered):
    """The newest order of a line that none overtook."""

    occasion: UUID
    state: OrderState


async def note_observed(line: UUID, observed: Profile, at: datetime) -> None:
    async with connection() as connected:
        await connected.execute(NOTE, line, *observed, at)


async def keep_last_wish(line: UUID, at: datetime) -> None:
    """Read the line back, and order its last wish again when the network has something else.

    Raises NotYet while that wish is on its way itself, for it may have been read back before what we look after
    arrived. One that waits or is unknown will look for itself; a network that is silent is asked by the next sweep.
    """
    wish = await LAST_WISH.first(line=line)
    if wish is None or wish.state not in (OrderState.SENT, OrderState.CONFIRMED):
        return
    if wish.state == OrderState.SENT:
        raise NotYet("the last wish is on its way")
    try:
        observed = await network().profile_of(wish.number)
    except NetworkTimeout:
        return
    await note_observed(line, observed, at)
    if observed != wish.profile:
        await wish_again(line, wish, at)


async def wish_again(line: UUID, wish: Wish, at: datetime) -> None:
    """Unless a newer wish has come in the meantime."""
    async with transaction() as connected:
        await connected.execute(HOLD, [line])
        newest = await LAST_WISH.first(line=line)
        if newest is not None and newest.id == wish.id:
            log.warning("line differs", line=str(line), order=str(wish.id))
            await order([line], wish.profile, occasion=wish.occasion, at=at)


async def reconcile(at: datetime) -> None:
    """Go after what is unknown, and look again at lines that were ordered a moment ago."""
    async with transaction() as connected:
        for row in await connected.fetch(UNKNOWN, at - PAUSE):
            await enqueue("network.send", once=f"network.send {row['id']}", order=str(row["id"]))
        for row in await connected.fetch(WATCHED, at - WATCH):
            await enqueue("network.observe", once=f"network.observe {row['line']}", line=str(row["line"]))


NOTE = """
    INSERT INTO line_states (line, voice_out, voice_in, sms_out, data, observed_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (line) DO UPDATE SET
        voice_out = excluded.voice_out, voice_in = excluded.voice_in, sms_out = excluded.sms_out,
        data = excluded.data, observed_at = excluded.observed_at
    WHERE line_states.observed_at <= excluded.observed_at
"""
LAST_WISH = Statement(
    """
    SELECT o.id, l.number, o.occasion, o.state, o.voice_out, o.voice_in, o.sms_out, o.data
    FROM barring_orders o JOIN lines l ON l.id = o.line
    WHERE o.line = $1 AND o.state <> 'superseded'
    ORDER BY o.state IN ('waiting', 'sent', 'unknown') DESC, o.asked_at DESC, o.id DESC LIMIT 1
    """,
    Wish,
    ("line",),
)
# One still `waiting` or `sent` after so long has lost its job.
UNKNOWN = """
    SELECT id FROM barring_orders
    WHERE state = 'unknown' AND sent_at < $1 OR state IN ('waiting', 'sent') AND asked_at < $1 - interval '30 minutes'
"""
WATCHED = "SELECT DISTINCT line FROM barring_orders WHERE sent_at > $1 AND state IN ('confirmed', 'superseded')"
