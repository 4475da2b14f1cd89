"""Orders that staff have to know of: those that the network refused, and those that are unknown for long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

from prometheus_client import Gauge

from portal import clock
from portal.statements import Statement
from portal.web.metrics import observed

LONG = timedelta(minutes=15)
RECENT = timedelta(days=30)
"""A service that was refused earlier is nobody's business any more; what is refused of barring waits for a person."""
MOST_LISTED = 500
UNSETTLED = Gauge(
    "portal_network_orders_unsettled",
    "Orders that the network refused, or of which it is unknown for long what it did",
    ["of", "state"],
    multiprocess_mode="mostrecent",
)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The last wish of a line, or of a service of it. `sent_at`: when it was last tried."""

    id: UUID
    line: str
    service: str | None
    asked_at: datetime
    sent_at: datetime | None
    attempts: int
    answer: str | None
    refused_as: str | None
    under_way: str | None


@dataclass(frozen=True, slots=True)
class Count:
    of: str
    orders: int


async def refused(at: datetime) -> list[Unsettled]:
    """The oldest first."""
    return await REFUSED.all(bound=at - RECENT, most=MOST_LISTED)


async def unknown(at: datetime) -> list[Unsettled]:
    """The oldest first."""
    return await UNKNOWN.all(bound=at - LONG, most=MOST_LISTED)


@observed
async def observe() -> None:
    at = clock.now()
    found = {
        "refused": await REFUSED_COUNTS.all(bound=at - RECENT),
        "unknown": await UNKNOWN_COUNTS.all(bound=at - LONG),
    }
    for of, (state, counts) in product(("barring", "service"), found.items()):
        UNSETTLED.labels(of, state).set(next((count.orders for count in counts if count.of == of), 0))


UNSETTLED_ORDERS = """
    WITH orders AS NOT MATERIALIZED (
        SELECT id, line, NULL::varchar AS service, state, asked_at, sent_at, attempts, answer, refused_as, under_way
        FROM barring_orders
        UNION ALL
        SELECT id, line, service, state, asked_at, sent_at, attempts, answer, refused_as, under_way
        FROM service_orders
    ), refused AS (
        SELECT o.* FROM orders o
        WHERE o.state = 'refused' AND (o.service IS NULL OR o.asked_at > $1) AND NOT EXISTS (
            SELECT FROM orders newer
            WHERE newer.line = o.line AND newer.service IS NOT DISTINCT FROM o.service
                AND (newer.asked_at, newer.id) > (o.asked_at, o.id)
        )
    ), unknown AS (
        SELECT o.* FROM orders o WHERE o.state IN ('waiting', 'sent', 'unknown') AND o.asked_at < $1
    )
    {select}
"""
LISTED = """
    SELECT o.id, l.number AS line, o.service, o.asked_at, o.sent_at, o.attempts, o.answer, o.refused_as, o.under_way
    FROM (SELECT * FROM {state} ORDER BY asked_at LIMIT $2) o JOIN lines l ON l.id = o.line ORDER BY o.asked_at
"""
COUNTED = """
    SELECT CASE WHEN service IS NULL THEN 'barring' ELSE 'service' END AS of, count(*)::int AS orders
    FROM {state} GROUP BY 1
"""


def listed(state: str) -> Statement[Unsettled]:
    return Statement(UNSETTLED_ORDERS.format(select=LISTED.format(state=state)), Unsettled, ("bound", "most"))


def counted(state: str) -> Statement[Count]:
    return Statement(UNSETTLED_ORDERS.format(select=COUNTED.format(state=state)), Count, ("bound",))


REFUSED, UNKNOWN = listed("refused"), listed("unknown")
REFUSED_COUNTS, UNKNOWN_COUNTS = counted("refused"), counted("unknown")
