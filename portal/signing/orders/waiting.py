"""What Prometheus is told of orders: how many wait for something, and how many came to nothing within a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import Gauge

from portal import clock
from portal.signing.orders.states import SEEN, WAITING, State
from portal.statements import Statement
from portal.web.metrics import observed

RECENT = timedelta(days=1)
TOLD = (*sorted(WAITING), State.EXPIRED, State.NOT_IDENTIFIED, State.DECLINED)
ORDERS = Gauge(
    "portal_orders",
    "Orders that wait to be signed or for somebody, and those that expired, failed or were declined within a day",
    ["state"],
    multiprocess_mode="mostrecent",
)


@dataclass(frozen=True, slots=True)
class Count:
    state: str
    orders: int


@observed
async def observe() -> None:
    at = clock.now()
    found = {one.state: one.orders for one in await COUNTS.all(at=at, recent=at - RECENT, states=list(TOLD))}
    for state in TOLD:
        ORDERS.labels(state).set(found.get(state, 0))


COUNTS = Statement(
    SEEN.format(
        select="""
        SELECT state, count(*)::int AS orders FROM seen
        WHERE state = ANY ($3) AND received_at > $1::timestamptz - interval '30 days'
            AND (ended_at IS NULL OR ended_at > $2::timestamptz)
        GROUP BY state
        """
    ),
    Count,
    ("at", "recent", "states"),
)
