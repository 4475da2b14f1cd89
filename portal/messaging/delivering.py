"""Handing a message to the gateway.

Exactly once cannot be had from a gateway that gives no ids: between its yes and our commit we may die. So a message
that a repeated job finds in `sending` is sent again only if the gateway knows our reference (`is_idempotent`);
otherwise it becomes `unknown`, which staff see, and is never sent again by itself.
"""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

import structlog

from portal.database import connection
from portal.jobs import NotYet
from portal.messaging.gateways import GatewayUnavailable, MessageRefused, gateway
from portal.messaging.tables import Message, MessageState
from portal.messaging.wording import text_of
from portal.statements import Statement

log = structlog.get_logger()


async def deliver(message_id: UUID, at: datetime) -> None:
    """Send it if it still waits and is still worth sending. Raises NotYet while the gateway is away."""
    message = await CLAIM.first(id=message_id, again=gateway().is_idempotent, at=at)
    if message is None or message.state != MessageState.SENDING:
        return
    text = text_of(message.template, message.language, json.loads(message.values))
    try:
        await gateway().send(message.recipient, text, str(message.id))
    except GatewayUnavailable as away:
        await move(message, MessageState.QUEUED)
        raise NotYet("the SMS gateway is away") from away
    except MessageRefused:
        log.warning("message refused", message=str(message.id), template=message.template)
        await move(message, MessageState.FAILED)
    else:
        await move(message, MessageState.SENT, body=None if message.is_secret else text, at=at)


async def move(message: Message, state: MessageState, *, body: str | None = None, at: datetime | None = None) -> None:
    """On from `sending` (or from `unknown`, if somebody took us for dead)."""
    async with connection() as connected:
        await connected.execute(MOVE, message.id, state, body, at)


# The WHERE is the lock: of two workers one gets the row. What somebody left in `sending` goes on only where that is
# safe; what comes too late is not sent. A secret's values go with the last use for them.
CLAIM = Statement(
    """
    UPDATE messages SET
        attempts = attempts + 1, state = next,
        "values" = CASE WHEN is_secret AND next <> 'sending' THEN '{}' ELSE "values" END
    FROM (
        SELECT id AS found, CASE WHEN state = 'sending' AND (NOT $2 OR expires_at <= $3) THEN 'unknown'
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
MOVE = """
    UPDATE messages SET
        state = $2, body = $3, sent_at = $4,
        "values" = CASE WHEN is_secret AND $2 <> 'queued' THEN '{}' ELSE "values" END
    WHERE id = $1 AND (state = 'sending' OR state = 'unknown' AND $2 <> 'queued')
"""
