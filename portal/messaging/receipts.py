"""What a gateway says became of a message it took, in whatever order and however often it says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import structlog

from portal.messaging.tables import LONGEST_REASON, MessageState
from portal.statements import Statement

log = structlog.get_logger()


class Outcome(StrEnum):
    """`passed_on`: the network has it, or holds it until the phone is reached; `failed`: it will not arrive."""

    PASSED_ON = "passed_on"
    DELIVERED = "delivered"
    FAILED = "failed"


# From which states a receipt leads on to which. The delivered one is the end: a phone has it, whatever else is said.
# A failure gives way to it alone: networks call a first try failed, and parts of a long message one by one. What
# still waits here was taken all the same if its receipt comes, and is not sent again.
WAITING = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN)
STEPS = {
    Outcome.PASSED_ON: (MessageState.SENT, WAITING),
    Outcome.DELIVERED: (MessageState.DELIVERED, (*WAITING, MessageState.SENT, MessageState.FAILED)),
    Outcome.FAILED: (MessageState.FAILED, (MessageState.SENDING, MessageState.UNKNOWN, MessageState.SENT)),
}


@dataclass(frozen=True, slots=True)
class Noted:
    """Whether there is such a message, and the state it was moved to, if it was."""

    is_known: bool
    state: str | None


async def note(reference: str, outcome: Outcome, reason: str | None, at: datetime) -> None:
    """Move the message of `reference` (ours, given to the gateway with it) forward; `reason`: why it failed."""
    state, before = STEPS[outcome]
    message = as_id(reference)
    noted = message and await NOTE.first(
        id=message, state=state, before=list(before), reason=reason and reason[:LONGEST_REASON], at=at
    )
    if not noted or not noted.is_known:
        log.warning("receipt for no message of ours", outcome=outcome)
    elif noted.state == MessageState.FAILED:
        log.warning("message failed", message=reference, reason=reason)


def as_id(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None


# The WHERE is the lock. A failure's reason goes when the message turns out to have arrived.
NOTE = Statement(
    """
    WITH moved AS (
        UPDATE messages SET
            state = $2::text,
            sent_at = CASE WHEN $2 = 'failed' THEN sent_at ELSE coalesce(sent_at, $5) END,
            delivered_at = CASE WHEN $2 = 'delivered' THEN $5 END,
            reason = CASE WHEN $2 = 'failed' THEN $4::text END,
            "values" = CASE WHEN is_secret THEN '{}' ELSE "values" END
        WHERE id = $1 AND channel = 'sms' AND state = ANY ($3::text[])
        RETURNING state
    )
    SELECT EXISTS (SELECT FROM messages WHERE id = $1) AS is_known, (SELECT state FROM moved) AS state
    """,
    Noted,
    ("id", "state", "before", "reason", "at"),
)
