"""What is wished and what the network has, brought together every few minutes without anybody's doing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.database import transaction
from portal.jobs import PATIENT, enqueue
from portal.network.aspects import Aspect, send_soon
from portal.network.barring import BARRING
from portal.network.observing import WATCH
from portal.network.switching import SERVICES

MOST_ORDERS = 1000
MOST_WATCHED = 1000
MOST_IN_A_ROUND = 300
"""A time. Whoever orders something passes them: what is looked after here is patient."""
LIVELY = timedelta(days=1)
"""For so long after somebody ordered or looked, what a line has is kept fresh."""
FRESH = timedelta(minutes=30)


async def reconcile(at: datetime) -> None:
    for aspect in (BARRING, SERVICES):
        await go_after(aspect, at)
    async with transaction() as connected:
        for row in await connected.fetch(ROUND, at - LIVELY, at - FRESH, MOST_IN_A_ROUND):
            await look_soon(SERVICES, row["line"])


async def go_after(aspect: Aspect[Any, Any], at: datetime) -> None:
    """Send what is unknown, and look again at lines that were ordered a moment ago."""
    async with transaction() as connected:
        for row in await connected.fetch(aspect.orders.sql(LEFT_ALONE), at, MOST_ORDERS):
            await send_soon(aspect, row["id"], PATIENT)
        for row in await connected.fetch(aspect.orders.sql(WATCHED), at - WATCH, MOST_WATCHED):
            await look_soon(aspect, row["line"])


async def look_soon(aspect: Aspect[Any, Any], line: UUID) -> None:
    await enqueue(aspect.looking, once=f"{aspect.looking} {line}", priority=PATIENT, line=str(line))


# Longer and longer pauses, up to an hour; one that still waits or was sent half an hour ago has lost its job. One that
# was superseded while the network had it under way may still arrive.
LEFT_ALONE = """
    SELECT id FROM (
        SELECT id, state, attempts, asked_at, sent_at FROM {table} WHERE state IN {open}
        UNION ALL
        SELECT id, state, attempts, asked_at, sent_at FROM {table} WHERE state = 'superseded' AND under_way IS NOT NULL
    ) o
    WHERE CASE
        WHEN state IN ('waiting', 'sent') THEN coalesce(sent_at, asked_at) < $1::timestamptz - interval '30 minutes'
        ELSE sent_at < $1::timestamptz - least(interval '2 minutes' * greatest(attempts - 11, 1), interval '1 hour')
    END
    ORDER BY sent_at NULLS FIRST LIMIT $2
"""
# Where there are too many, those that will not be looked at any more come first.
WATCHED = """
    SELECT line FROM {table} WHERE sent_at > $1 AND state IN ('confirmed', 'superseded')
    GROUP BY line ORDER BY max(sent_at) LIMIT $2
"""
ROUND = """
    SELECT r.line FROM services_read r
    WHERE r.read_at < $2 AND r.line IN (
        SELECT line FROM services_read WHERE looked_at > $1
        UNION ALL
        SELECT line FROM service_orders WHERE sent_at > $1 AND state <> 'refused'
    )
    ORDER BY r.read_at LIMIT $3
"""
