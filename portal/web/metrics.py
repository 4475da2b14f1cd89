"""What Prometheus reads at `/metrics`: requests by route and status, with their time, and what domains observe."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any

import asyncpg
import prometheus_client
from litestar.enums import ScopeType
from prometheus_client import CollectorRegistry, Histogram, multiprocess

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
REQUESTS = Histogram(
    "portal_request_seconds",
    "Time from a request's arrival to the start of its answer",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


Observe = Callable[[], Awaitable[None]]
OBSERVED: list[Observe] = []


def observed(observe: Observe) -> Observe:
    """Register what is looked at anew for each reading, such as how much waits in a table."""
    OBSERVED.append(observe)
    return observe


class Measured:
    """Around the application: one observation a request, by the route's template so that labels stay few."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        method = scope["method"] if scope["method"] in METHODS else "other"  # labels stay few, whatever is sent

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = scope.get("path_template") or "none"
                REQUESTS.labels(method, route, message["status"]).observe(perf_counter() - began)
            await send(message)

        await self.app(scope, receive, observed)


async def exposition() -> bytes:
    """All processes together where the server runs several (PROMETHEUS_MULTIPROC_DIR), else this one.

    Without a database there are the numbers of before.
    """
    with suppress(*AWAY):
        for observe in OBSERVED:
            await observe()
    registry: Any = prometheus_client.REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return prometheus_client.generate_latest(registry)
