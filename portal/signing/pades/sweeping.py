"""Accepted envelopes that nobody signs: their job was held or forgotten. It is set off again."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.database import connection, transaction
from portal.jobs import enqueue

PATIENCE = timedelta(minutes=5)


async def set_off_again(at: datetime) -> int:
    """How many there were. Those that wait or run are left alone."""
    async with transaction():
        async with connection() as connected:
            left = await connected.fetch(LEFT, at - PATIENCE)
        for row in left:
            await enqueue("signing.finish", once=f"finish {row['id']}", envelope=str(row["id"]))
    return len(left)


LEFT = """
    SELECT e.id FROM envelopes e
    WHERE e.state = 'accepted' AND e.decided_at < $1 AND NOT EXISTS (
        SELECT FROM pgqueuer q
        WHERE q.entrypoint = 'signing.finish' AND q.status IN ('queued', 'picked')
          AND convert_from(q.payload, 'UTF8')::jsonb ->> 'envelope' = e.id::text
    )
    ORDER BY e.decided_at LIMIT 500
"""
