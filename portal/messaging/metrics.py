"""What Prometheus is told of messages: how many are not settled, and since when the oldest waits."""

from __future__ import annotations

from itertools import product

from prometheus_client import Gauge

from portal import clock
from portal.messaging.tables import Channel
from portal.messaging.undelivered import REFUSED, UNKNOWN, WAITING, counts, longest_wait
from portal.web.metrics import observed

UNSETTLED = Gauge(
    "portal_messages_unsettled",
    "Messages of the last 30 days that wait, are in doubt or did not arrive",
    ["channel", "state"],
    multiprocess_mode="mostrecent",
)
OLDEST = Gauge(
    "portal_messages_oldest_waiting_seconds",
    "Age of the oldest SMS or e-mail that its gateway has not taken yet",
    multiprocess_mode="mostrecent",
)


@observed
async def observe() -> None:
    at = clock.now()
    counted = await counts(at)
    found = {(one.channel, one.state): one.messages for one in counted}
    for channel, state in product(Channel, (*WAITING, *UNKNOWN, *REFUSED)):
        UNSETTLED.labels(channel, state).set(found.get((channel, state), 0))
    OLDEST.set(longest_wait(counted, at).total_seconds())
