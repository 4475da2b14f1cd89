"""Logs: one JSON object a line where a machine reads them, plain lines where a person does.

Never a query string, a body, a cookie, a code or a token. What runs inside a request carries its id. What libraries
log of the wire (addresses with passwords, bodies) is not written at any level.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO, cast
from urllib.parse import quote, quote_plus, unquote, urlsplit

import msgspec
import structlog
import uuid_utils
from litestar.enums import ScopeType
from pydantic import SecretStr
from structlog.typing import EventDict, Processor

from portal import failures
from portal.settings import settings

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

SECRET = frozenset({"authorization", "code", "cookie", "csrf_token", "key", "password", "secret", "token", "url"})
QUIET = ("/static/", "/health/", "/metrics")
WIRE = ("httpx", "httpcore", "aiosmtplib", "urllib3", "stripe")
OWN_HANDLERS = ("_granian", "granian.access")
SHORTEST_SECRET = 6
SECRET_IN_PATH = re.compile(r"\A(/+(?:p|sign)/+).+?(?=/+payment|/*\Z)")
"""The token of a payment link opens what it leads to, that of a signing link leads to what somebody is to sign."""

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
    console = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=write_failure)
    ends: list[Processor] = [written_by(console if readable else as_json)]
    if not readable:
        shared.append(structlog.processors.ExceptionRenderer(lambda told: failures.told(told[1])))
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
            processors=[remove, *ends], foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name, without_values]
        )
    )
    logging.basicConfig(handlers=[foreign], level=logging.WARNING)
    silence_libraries()
    sys.excepthook = end_of_process


def end_of_process(_: type[BaseException], failure: BaseException, __: TracebackType | None) -> None:
    """Python's own way prints values with what it choked on."""
    sys.stderr.write(without_settings(f"{failures.told(failure)}\n"))


def silence_libraries() -> None:
    """The server's own handlers print whole exceptions; ours do not."""
    for name in WIRE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in OWN_HANDLERS:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def write_failure(to: TextIO, failure: tuple[type[BaseException], BaseException, TracebackType | None]) -> None:
    """As a person reads it: like Python's own, without the values of variables."""
    to.write("\n" + failures.told(failure[1]))


def name_request(_: Any, __: str, event: EventDict) -> EventDict:
    if name := request_id.get():
        event["request_id"] = name
    return event


def hide_secrets(_: Any, __: str, event: EventDict) -> EventDict:
    """The last net: what is called a secret is never written, whoever logs it."""
    for name in SECRET & event.keys():
        event[name] = "…"
    if "path" in event:
        event["path"] = shown_path(str(event["path"]))
    return event


def shown_path(path: str) -> str:
    """`/p/…/payments/0193…`: as it may be written down."""
    return SECRET_IN_PATH.sub(r"\1…", path)


def as_json(_: Any, __: str, event: EventDict) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


def without_values(_: Any, __: str, event: EventDict) -> EventDict:
    """What a library says of its own accord. asyncio quotes whole exceptions, after the first line tracebacks too."""
    event["event"] = failures.masked(str(event["event"]).partition("\n")[0])
    return event


def written_by(renderer: Callable[[Any, str, EventDict], str]) -> Processor:
    """The very last net around a renderer: a key or password of ours is not written, whatever it stands in."""

    def write(logger: Any, level: str, event: EventDict) -> str:
        return without_settings(renderer(logger, level, event))

    return write


def without_settings(line: str) -> str:
    for secret in secrets():
        line = line.replace(secret, "…")
    return line


@lru_cache(maxsize=1)
def secrets() -> list[str]:
    """Every secret setting, whole and as it stands in an address."""
    known = [value.get_secret_value() for _, value in settings() if isinstance(value, SecretStr)]
    passwords = [urlsplit(value).password or "" for value in known if "://" in value]
    written = {way(value) for value in known + passwords for way in (str, quote, quote_plus, unquote)}
    return sorted((value for value in written if len(value) >= SHORTEST_SECRET), key=len, reverse=True)


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
            path = shown_path(scope["path"])
            os.write(STDERR, self.write(name, cast("str", scope["method"]), path, status, milliseconds))


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
