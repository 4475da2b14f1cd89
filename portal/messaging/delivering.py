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
from portal.messaging import emails, sms
from portal.messaging.gateways import GatewayUnavailable, MessageExpired, MessageRefused, Ready
from portal.messaging.tables import LONGEST_REASON, Channel, Message, MessageState
from portal.statements import Statement

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Way:
    """One channel. `ready` writes the message without sending it; `is_idempotent` is its gateway's."""

    ready: Callable[[Message], Awaitable[Ready]]
    is_idempotent: Callable[[], bool]


WAYS = {
    Channel.SMS: Way(sms.ready, sms.is_idempotent),
    Channel.EMAIL: Way(emails.ready, emails.is_idempotent),
}


async def deliver(message_id: UUID, at: datetime) -> None:
    """Send it if it still waits and is still worth sending. Raises NotYet while the gateway is away."""
    again = [channel for channel, way in WAYS.items() if way.is_idempotent()]
    message = await CLAIM.first(id=message_id, again=again, at=at)
    if message is None or message.state != MessageState.SENDING:
        return
    try:
        ready = await WAYS[Channel(message.channel)].ready(message)
    except MessageRefused as refused:
        await refuse(message, refused)
    except Exception as broken:
        await move(message, MessageState.QUEUED, reason=f"cannot be written: {type(broken).__name__}")
        raise
    else:
        await hand_over(message, ready, at)


async def hand_over(message: Message, ready: Ready, at: datetime) -> None:
    try:
        await ready.leave()
    except GatewayUnavailable as away:
        await move(message, MessageState.QUEUED, reason=str(away)[:LONGEST_REASON])
        raise NotYet(f"the {message.channel} gateway is away: {away}") from away
    except MessageRefused as refused:
        await refuse(message, refused)
    except MessageExpired as late:
        await move(message, MessageState.EXPIRED, reason=str(late))
    except Exception as lost:  # noqa: BLE001 - whatever it was, the answer did not come
        log.warning("answer lost", message=str(message.id), template=message.template, error=type(lost).__name__)
        await move(message, MessageState.UNKNOWN, reason=type(lost).__name__)
    else:
        await move(message, MessageState.SENT, body=ready.text, at=at)


async def refuse(message: Message, refused: MessageRefused) -> None:
    log.warning("message refused", message=str(message.id), template=message.template, reason=str(refused))
    await move(message, MessageState.REFUSED, reason=str(refused)[:LONGEST_REASON])


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
        reason = CASE next WHEN 'unknown' THEN 'the worker was lost' WHEN 'expired' THEN coalesce(reason, 'too late')
                           ELSE reason END,
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
        reason = CASE WHEN state IN ('sending', 'unknown') THEN $4 ELSE reason END,
        body = CASE WHEN is_secret THEN NULL ELSE coalesce($3, body) END,
        sent_at = coalesce(sent_at, $5),
        "values" = CASE WHEN is_secret AND (state <> 'sending' OR $2 <> 'queued') THEN '{}' ELSE "values" END
    WHERE id = $1 AND state IN ('sending', 'unknown', 'sent', 'delivered', 'failed')
"""
