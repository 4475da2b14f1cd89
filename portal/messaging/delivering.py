"""Handing a message to its gateway.

Exactly once cannot be had from a gateway that gives no ids: between its yes and our commit we may die. So a message
that a repeated job finds in `sending` is sent again only if the gateway knows our reference (`is_idempotent`);
otherwise it becomes `unknown`, which staff see and a receipt can still settle, and is never sent again by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from portal.database import connection
from portal.jobs import NotYet
from portal.messaging import mailing, texting
from portal.messaging.gateways import GatewayUnavailable, MessageRefused
from portal.messaging.tables import Channel, Message, MessageState
from portal.statements import Statement

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Way:
    """One channel. `hand_over` gives what was sent, as text; `is_idempotent` is its gateway's."""

    hand_over: Callable[[Message], Awaitable[str]]
    is_idempotent: Callable[[], bool]


WAYS = {
    Channel.SMS: Way(texting.hand_over, texting.is_idempotent),
    Channel.EMAIL: Way(mailing.hand_over, mailing.is_idempotent),
}


async def deliver(message_id: UUID, at: datetime) -> None:
    """Send it if it still waits and is still worth sending. Raises NotYet while the gateway is away."""
    again = [channel for channel, way in WAYS.items() if way.is_idempotent()]
    message = await CLAIM.first(id=message_id, again=again, at=at)
    if message is None or message.state != MessageState.SENDING:
        return
    try:
        body = await WAYS[Channel(message.channel)].hand_over(message)
    except GatewayUnavailable as away:
        await move(message, MessageState.QUEUED)
        raise NotYet(f"the {message.channel} gateway is away: {away}") from away
    except MessageRefused as refused:
        log.warning("message refused", message=str(message.id), template=message.template, reason=str(refused))
        await move(message, MessageState.REFUSED, reason=str(refused)[:200])
    except Exception as lost:  # noqa: BLE001 - whatever it was, the answer did not come
        log.warning("answer lost", message=str(message.id), template=message.template, error=type(lost).__name__)
        await move(message, MessageState.UNKNOWN, reason=type(lost).__name__)
    else:
        await move(message, MessageState.SENT, body=body, at=at)


async def move(
    message: Message,
    state: MessageState,
    *,
    body: str | None = None,
    reason: str | None = None,
    at: datetime | None = None,
) -> None:
    """On from `sending` (or from `unknown`, if somebody took us for dead). A receipt may have come before us."""
    async with connection() as connected:
        await connected.execute(MOVE, message.id, state, body, reason, at)


# The WHERE is the lock: of two workers one gets the row. What somebody left in `sending` goes on only where that is
# safe; what comes too late is not sent. A secret's values go with the last use for them.
CLAIM = Statement(
    """
    UPDATE messages SET
        attempts = attempts + 1, state = next,
        "values" = CASE WHEN is_secret AND next <> 'sending' THEN '{}' ELSE "values" END
    FROM (
        SELECT id AS found, CASE WHEN state = 'sending' AND (channel <> ALL ($2) OR expires_at <= $3) THEN 'unknown'
                                 WHEN expires_at <= $3 THEN 'expired'
                                 ELSE 'sending' END AS next
        FROM messages WHERE id = $1 FOR UPDATE
    ) AS decided
    WHERE id = found AND state IN ('queued', 'sending')
    RETURNING messages.*
    """,
    Message,
    ("id", "again", "at"),
)
# What a receipt has said meanwhile stands; only what was sent is written beside it.
MOVE = """
    UPDATE messages SET
        state = CASE WHEN state = 'sending' OR state = 'unknown' AND $2 <> 'queued' THEN $2 ELSE state END,
        body = CASE WHEN is_secret THEN NULL ELSE coalesce($3, body) END,
        reason = coalesce($4, reason),
        sent_at = coalesce($5, sent_at),
        "values" = CASE WHEN is_secret AND $2 <> 'queued' THEN '{}' ELSE "values" END
    WHERE id = $1 AND state IN ('sending', 'unknown', 'delivered', 'failed')
"""
