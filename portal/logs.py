"""Logs: one JSON object a line where a machine reads them, plain lines where a person does.

Never a query string, a body, a cookie, a code or a token. What runs inside a request carries its id.
"""

from __future__ import annotations

import logging
import os
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

import msgspec
import structlog
import uuid_utils
from litestar.enums import ScopeType
from structlog.typing import EventDict, Processor

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

SECRET = frozenset({"authorization", "code", "cookie", "csrf_token", "key", "password", "secret", "token", "url"})
QUIET = ("/static/", "/health/", "/metrics")

STDERR = 2
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def configure(*, readable: bool) -> None:
    """Set up structlog, and send the libraries' own logging through it."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        name_request,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    # Plain: the renderer's own tracebacks show the values of variables, and so whatever is secret among them.
    console = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    ends: list[Processor] = [console] if readable else [as_json]
    if not readable:
        shared.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, *ends],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    foreign = logging.StreamHandler(sys.stderr)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    foreign.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[remove, *ends], foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name]
        )
    )
    logging.basicConfig(handlers=[foreign], level=logging.WARNING)


def name_request(_: Any, __: str, event: EventDict) -> EventDict:
    if name := request_id.get():
        event["request_id"] = name
    return event


def hide_secrets(_: Any, __: str, event: EventDict) -> EventDict:
    """The last net: what is called a secret is never written, whoever logs it."""
    for name in SECRET & event.keys():
        event[name] = "…"
    return event


def as_json(_: Any, __: str, event: EventDict) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


class RequestLog:
    """Wraps the whole ASGI application: a line per request, and its id on every line that it causes.

    The line is written past structlog, which would take a twentieth of a page's time for it.
    """

    def __init__(self, app: ASGIApp, *, readable: bool) -> None:
        self.app = app
        self.write = readable_line if readable else json_line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(QUIET):
            await self.app(scope, receive, send)
            return
        status = 0
        began = perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        name = str(uuid_utils.uuid7())
        outer = request_id.set(name)
        try:
            await self.app(scope, receive, noting)
        finally:
            request_id.reset(outer)
            milliseconds = round((perf_counter() - began) * 1000, 1)
            os.write(STDERR, self.write(name, cast("str", scope["method"]), scope["path"], status, milliseconds))


def json_line(name: str, method: str, path: str, status: int, milliseconds: float) -> bytes:
    line = {
        "timestamp": datetime.now(UTC),
        "event": "request",
        "request_id": name,
        "method": method,
        "path": path,
        "status": status,
        "ms": milliseconds,
    }
    return msgspec.json.encode(line) + b"\n"


def readable_line(_: str, method: str, path: str, status: int, milliseconds: float) -> bytes:
    return f"{method:4} {path} {status} {milliseconds} ms\n".encode()
