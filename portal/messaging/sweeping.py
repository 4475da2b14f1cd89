"""What delivery alone cannot end: its job was lost or is held, or no worker has come by in time.

Whoever delivers a message holds its job all the while, so a message on its way without a live job is nobody's.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from portal.database import transaction
from portal.messaging.sending import set_off

log = structlog.get_logger()

SOME = 500
"""Messages in one transaction."""


async def sweep(at: datetime) -> None:
    """Repeated until there is nothing left to do."""
    while await settle_some(at):
        pass
    while await set_off_some():
        pass


async def settle_some(at: datetime) -> int:
    """End what waits too long, and what somebody left in the middle."""
    async with transaction() as connected:
        settled = await connected.fetch(SETTLE, at, SOME)
    for message in settled:
        log.warning("message settled", message=str(message["id"]), state=message["state"], reason=message["reason"])
    return len(settled)


async def set_off_some() -> int:
    """A message that waits without a job gets one again."""
    async with transaction() as connected:
        lost = await connected.fetch(LOST, SOME)
        for message in lost:
            await set_off(message["id"], message["channel"], is_secret=message["is_secret"])
    if lost:
        log.warning("messages had lost their jobs", count=len(lost))
    return len(lost)


# `sending.job_key` names the job. A row that somebody works on is locked, and is theirs.
IS_ALIVE = "dedupe_key = 'message ' || m.id AND status IN ('queued', 'picked')"
SETTLE = f"""
    UPDATE messages SET
        state = next,
        reason = CASE next WHEN 'expired' THEN coalesce(reason, 'too late') ELSE 'the worker was lost' END,
        "values" = CASE WHEN is_secret THEN '{{}}' ELSE "values" END
    FROM (
        SELECT id AS found, CASE state WHEN 'queued' THEN 'expired' ELSE 'unknown' END AS next FROM messages m
        WHERE channel <> 'letter' AND (
            state = 'queued' AND expires_at <= $1
            OR state = 'sending' AND NOT EXISTS (SELECT FROM pgqueuer WHERE {IS_ALIVE})
        )
        LIMIT $2 FOR UPDATE SKIP LOCKED
    ) AS settled
    WHERE id = found
    RETURNING id, state, reason
"""  # noqa: S608 - nothing in it is from outside
# One whose job is held waits for a person, or for its end.
LOST = f"""
    SELECT id, channel, is_secret FROM messages m
    WHERE channel <> 'letter' AND state = 'queued'
    AND NOT EXISTS (SELECT FROM pgqueuer WHERE {IS_ALIVE})
    AND NOT EXISTS (SELECT FROM pgqueuer WHERE dedupe_key = 'message ' || m.id AND status = 'failed')
    LIMIT $1 FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - as above
