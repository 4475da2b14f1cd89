"""What every response carries, whatever made it: the outermost layer around the application.

It checks the host and, on unsafe methods, where the request came from; it adds the security headers and compresses.
Litestar's own `response_headers` do not reach 404, 405 and static answers; this layer does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import brotli
import zstandard
from litestar.enums import ScopeType

from portal.settings import Settings

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

COMPRESSIBLE = (b"text/html", b"text/plain", b"application/json", b"text/csv")
WORTH_COMPRESSING = 600
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
STRIPE_CHECKOUT = "https://checkout.stripe.com"


class Protection:
    """Wraps the whole ASGI application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.host = settings.origin.partition("://")[2].encode()
        self.headers = security_headers(settings)
        self.file_headers = file_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":  # as GET, without the body (RFC 9110, 9.3.2)
            scope, send = cast("Scope", {**scope, "method": "GET"}), bodiless(send)
        encode = encoder(header(scope, b"accept-encoding"))
        if header(scope, b"host") != self.host and not is_probe(scope["path"]):
            await self.refuse(send, 421, b"This address is not served here.")
            return
        if b"%00" in scope["query_string"] and not reads_bytes(scope["path"]):  # PostgreSQL has no such character
            await self.refuse(send, 400, b"This address cannot be read.")
            return
        found = self.file_headers if scope["path"].startswith("/static/") else self.headers
        await self.app(scope, receive, Outgoing(send, {200: found}, self.headers, encode))

    async def refuse(self, send: Send, status: int, text: bytes) -> None:
        headers = [(b"content-type", b"text/plain; charset=utf-8"), *self.headers, NO_STORE]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text, "more_body": False})


class Outgoing:
    """Holds the start of a response until its first body, then sends both with our headers, compressed at once."""

    __slots__ = ("by_status", "encode", "headers", "send", "start")

    def __init__(self, send: Send, by_status: dict[int, Headers], headers: Headers, encode: Encoder | None) -> None:
        self.send = send
        self.by_status = by_status
        self.headers = headers
        self.encode = encode
        self.start: dict[str, Any] | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = dict(message)
            return
        if self.start is None or message["type"] != "http.response.body":
            await self.send(message)
            return
        start, self.start = self.start, None
        headers = list(start["headers"])
        names = {name for name, _ in headers}
        if b"cache-control" not in names:
            headers.append(NO_STORE)
        if self.encode and not message.get("more_body") and is_compressible(headers, names, message["body"]):
            name, compress = self.encode
            message["body"] = compress(message["body"])
            headers = [pair for pair in headers if pair[0] != b"content-length"]
            headers += [
                (b"content-length", b"%d" % len(message["body"])),
                (b"content-encoding", name),
                (b"vary", b"Accept-Encoding"),
            ]
        ours = self.by_status.get(start["status"], self.headers)
        start["headers"] = headers + (without(names, ours) if POLICY in names else ours)
        await self.send(cast("Message", start))
        await self.send(message)


Encoder = tuple[bytes, Callable[[bytes], bytes]]
Headers = list[tuple[bytes, bytes]]
NO_STORE = (b"cache-control", b"no-store")
POLICY = b"content-security-policy"


def bodiless(send: Send) -> Send:
    async def pass_on(message: Message) -> None:
        if message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return pass_on


def without(names: set[bytes], headers: Headers) -> Headers:
    """A page that brings a policy of its own, as those that show an e-mail do, keeps it and what goes with it."""
    return [pair for pair in headers if pair[0] not in names]


def zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(body)


def brotli_quickly(body: bytes) -> bytes:
    compressed: bytes = brotli.compress(body, quality=4)
    return compressed


def encoder(accepted: bytes) -> Encoder | None:
    """The quickest encoding that the browser takes: zstd, else brotli for what is older, else none."""
    if b"zstd" in accepted:
        return b"zstd", zstd
    if b"br" in accepted:
        return b"br", brotli_quickly
    return None


def is_compressible(headers: Headers, names: set[bytes], body: bytes) -> bool:
    if len(body) < WORTH_COMPRESSING or b"content-encoding" in names:
        return False
    return any(name == b"content-type" and value.startswith(COMPRESSIBLE) for name, value in headers)


def header(scope: Scope, wanted: bytes) -> bytes:
    for name, value in scope["headers"]:
        if name == wanted:
            return value
    return b""


def is_probe(path: str) -> bool:
    """Load balancers and Prometheus ask by address, not by name."""
    return path in ("/health/live", "/health/ready", "/metrics")


def reads_bytes(path: str) -> bool:
    """What phones send may come as UTF-16, in which every letter of ASCII has a zero byte."""
    return path == "/sms/inbound"


def security_headers(settings: Settings) -> Headers:
    """Sources: OWASP Secure Headers; CSP Level 3. The Stripe host stands in form-action because the form that starts
    a payment is answered by a redirect to Checkout.
    """
    forms = "'self'" if settings.stripe_api_base.startswith(settings.origin) else f"'self' {STRIPE_CHECKOUT}"
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"manifest-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )
    return written(
        {
            "content-security-policy": policy,
            "x-frame-options": "DENY",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "otp-credentials=(self), camera=(), microphone=(), geolocation=(), payment=()",
        },
        settings,
    )


def file_headers(settings: Settings) -> Headers:
    """What a static file needs: opened by itself it does nothing. Few words, as a first visit has several files."""
    return written({"content-security-policy": "default-src 'none'"}, settings)


def written(headers: dict[str, str], settings: Settings) -> Headers:
    headers |= {"x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin"}
    if settings.is_https:
        headers["strict-transport-security"] = "max-age=63072000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in headers.items()]
