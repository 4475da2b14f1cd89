"""One request to the API, and its whole answer within limits of time and size.

Numbers of customers are parts of its addresses, so no address is ever logged or put into an exception.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

import httpx
import msgspec
import structlog

from portal.network.port import NetworkTimeout
from portal.settings import Settings

log = structlog.get_logger()

CONNECTIONS = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=30.0)
LARGEST = 1024 * 1024
# The media type that the published specification consumes; what is sent is a JSON merge patch (RFC 7386).
JSON = "application/json;charset=utf-8"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `whole`: for one answer from the first byte of the request, however it drips."""

    connect: float = 3.0
    read: float = 10.0
    whole: float = 15.0

    @property
    def limits(self) -> httpx.Timeout:
        return httpx.Timeout(connect=self.connect, read=self.read, write=self.read, pool=self.connect)


@dataclass(frozen=True, slots=True)
class Answer:
    """`document`: the JSON of the body, None where it is none. `total`: of a list's X-Total-Count."""

    status: int
    document: Any
    location: str | None = None
    total: int | None = None


class Api:
    """`base`: up to the version, as NETWORK_URL has it. Raises NetworkTimeout for whatever is no whole answer."""

    def __init__(self, base: str, token: str | None = None, patience: Patience | None = None) -> None:
        self.base = base.rstrip("/")
        self.patience = patience or Patience()
        allowed = {"authorization": f"Bearer {token}"} if token else {}
        # No proxy from the environment: it would read along. No redirect: it would lead orders and the token elsewhere.
        # Trusted is whom this machine trusts, an operator's own authority among them.
        self.client = httpx.AsyncClient(
            headers={"accept": "application/json", "accept-encoding": "identity", **allowed},
            timeout=self.patience.limits,
            limits=CONNECTIONS,
            follow_redirects=False,
            trust_env=False,
            verify=ssl.create_default_context(),
        )

    @classmethod
    def from_settings(cls, ours: Settings) -> Self | None:
        """None where no network is named."""
        if ours.network_url is None:
            return None
        return cls(ours.network_url, ours.network_token.get_secret_value() if ours.network_token else None)

    async def get(self, *path: str, **query: str) -> Answer:
        return await self.ask(self.client.build_request("GET", self.address(*path), params=query))

    async def patch(self, *path: str, body: Mapping[str, Any], reference: str) -> Answer:
        """`reference` goes along as X-Request-ID."""
        headers = {"content-type": JSON, "x-request-id": reference}
        content = msgspec.json.encode(body)
        return await self.ask(self.client.build_request("PATCH", self.address(*path), content=content, headers=headers))

    def address(self, *path: str) -> str:
        return "/".join((self.base, *(quote(part, safe="") for part in path)))

    async def ask(self, request: httpx.Request) -> Answer:
        try:
            async with asyncio.timeout(self.patience.whole):
                response = await self.client.send(request, stream=True)
                try:
                    return read(response, await body_of(response))
                finally:
                    await response.aclose()
        except TimeoutError:
            raise NetworkTimeout("no whole answer in time") from None
        except httpx.HTTPError as lost:
            raise NetworkTimeout(words(lost)) from None

    async def close(self) -> None:
        await self.client.aclose()


def words(lost: httpx.HTTPError) -> str:
    """What happened, without the address it happened at."""
    if (untrusted := tls_fault(lost)) is not None:
        log.error("the network is not trusted: see NETWORK_URL", reason=untrusted)
        return f"TLS: {untrusted}"
    return type(lost).__name__


def tls_fault(error: BaseException | None) -> str | None:
    """Why TLS was not agreed on, somewhere below an error of ours."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return getattr(error, "verify_message", None) or error.reason or type(error).__name__
        error = error.__cause__ or error.__context__
    return None


async def body_of(response: httpx.Response) -> bytes:
    """Not unpacked: we asked for none, and a packed body may be any size."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > LARGEST:
            raise NetworkTimeout(f"an answer of more than {LARGEST} bytes")
    return bytes(body)


def read(response: httpx.Response, body: bytes) -> Answer:
    total = response.headers.get("x-total-count", "")
    return Answer(
        response.status_code,
        document_of(body),
        response.headers.get("location"),
        int(total) if total.isascii() and total.isdigit() and len(total) < 10 else None,
    )


def document_of(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
