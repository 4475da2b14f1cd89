"""A TMF640 server on loopback, as strict as the specification and as well- or ill-behaved as a test asks.

It keeps Services and monitors, merges patches by RFC 7386, and holds what it is asked and what it answers against
tmf640_schemas; `faults` says what did not fit.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.network import tmf640_schemas as schemas
from tests.network.tmf640_documents import Json, at, characteristic, error, fault_in, merged, selected

ROOT = "/tmf-api/ServiceActivationAndConfiguration/v4"
CHARACTERISTICS = ("voiceOut", "voiceIn", "smsOut", "data")
JSON = "application/json;charset=utf-8"
LARGEST_PAGE = 1000
REASONS = {200: "OK", 202: "Accepted", 206: "Partial Content"}

Answer = tuple[int, Any, dict[str, str]]


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def segments(self) -> list[str]:
        """Of the path below the API, decoded."""
        path = urlsplit(self.target).path
        return [unquote(part) for part in path.removeprefix(ROOT).split("/")[1:]] if path.startswith(ROOT) else []

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True, strict_parsing=True))

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass
class Tmf640Server:
    """`orders` and `questions`: how it takes PATCH and GET from now on."""

    token: str | None = "a-token-of-ours"
    services: dict[str, Json] = field(default_factory=dict)
    monitors: dict[str, Json] = field(default_factory=dict)
    put_off: list[Asked] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    largest_page: int = LARGEST_PAGE
    filters: bool = True
    counts: bool = True
    connections: int = 0
    base: str = ""

    def __post_init__(self) -> None:
        self.orders: Manner = at_once
        self.questions: Manner = at_once
        self.numbers = count(1)
        self.writers: set[asyncio.StreamWriter] = set()

    async def open(self, tls: ssl.SSLContext | None = None) -> None:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=tls)
        port = self.server.sockets[0].getsockname()[1]
        self.base = f"{'https' if tls else 'http'}://127.0.0.1:{port}{ROOT}"

    async def close(self) -> None:
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()
        await self.server.wait_closed()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                asked = await request_from(reader)
                self.asked.append(asked)
                await (self.orders if asked.method == "PATCH" else self.questions)(self, asked, writer)
        self.writers.discard(writer)
        writer.close()

    def connect(self, line: str, *codes: str) -> None:
        """The network has a line, open, with these services off."""
        self.keep(line, "active", serviceCharacteristic=[characteristic(name, "open") for name in CHARACTERISTICS])
        for code in codes:
            relationship = {"relationshipType": "reliesOn", "service": {"id": line, "href": f"{self.base}/service/-"}}
            self.keep(f"{line}.{code}", "inactive", serviceCharacteristic=[], serviceRelationship=[relationship])

    def keep(self, service: str, state: str, **more: Any) -> None:
        self.services[service] = {"id": service, "href": f"{self.base}/service/-", "state": state, **more}

    def answer(self, asked: Asked) -> Answer:
        """By the specification, and what it was asked done."""
        if self.token and asked.headers.get("authorization") != f"Bearer {self.token}":
            return 401, error("unauthorized", "no token, or not this one"), {}
        match asked.method, asked.segments:
            case "GET", ["service"]:
                return self.list_services(asked)
            case "GET", ["service", known_as] if known_as in self.services:
                return self.checked(200, self.services[known_as], schemas.SERVICE)
            case "GET", ["monitor", known_as] if known_as in self.monitors:
                return self.checked(200, self.monitors[known_as], schemas.MONITOR)
            case "PATCH", ["service", known_as] if known_as in self.services:
                return self.patch(asked, known_as)
        return 404, error("notFound", "there is no such resource"), {}

    def list_services(self, asked: Asked) -> Answer:
        query = dict(asked.query)
        offset, limit = int(query.pop("offset", 0)), min(int(query.pop("limit", LARGEST_PAGE)), self.largest_page)
        fields = query.pop("fields", "")
        wanted = query.items() if self.filters else ()
        found = [one for one in self.services.values() if all(value in at(one, path) for path, value in wanted)]
        page = [selected(one, fields) for one in found[offset : offset + limit]]
        headers = {"X-Total-Count": str(len(found)), "X-Result-Count": str(len(page))} if self.counts else {}
        answer = self.checked(206 if len(page) < len(found) else 200, page, schemas.listed(schemas.SERVICE))
        return answer[0], answer[1], headers

    def patch(self, asked: Asked, known_as: str) -> Answer:
        if asked.headers.get("content-type") != JSON:
            self.faults.append(f"sent as {asked.headers.get('content-type')}")
            return 415, error("mediaType", "send JSON"), {}
        wrong = fault_in(asked.document, schemas.SERVICE_UPDATE)
        if wrong:
            self.faults.append(wrong)
            return 400, error("invalidBody", wrong), {}
        self.services[known_as] = merged(self.services[known_as], asked.document)
        return self.checked(200, self.services[known_as], schemas.SERVICE)

    def checked(self, status: int, document: Any, schema: Json) -> Answer:
        if wrong := fault_in(document, schema):
            self.faults.append(f"answered: {wrong}")
        return status, document, {}

    def take(self, asked: Asked) -> Json:
        """An order that is done when `finish` says so."""
        known_as = f"{next(self.numbers)}"
        header = [{"name": name, "value": value} for name, value in asked.headers.items() if name == "x-request-id"]
        self.monitors[known_as] = {
            "id": known_as,
            "href": f"{self.base}/monitor/{known_as}",
            "sourceHref": f"{self.base}/service/-",
            "state": "InProgress",
            "request": {"method": "PATCH", "to": asked.target, "body": asked.body.decode(), "header": header},
        }
        self.put_off.append(asked)
        return self.monitors[known_as]

    def finish(self, failure: Json | None = None) -> None:
        """Whatever it has taken it does now, or fails to."""
        for asked, monitor in zip(self.put_off, self.monitors.values(), strict=True):
            status, document, _ = (422, failure, {}) if failure else self.answer(asked)
            monitor["state"] = "InError" if failure else "Completed"
            monitor["response"] = {
                "statusCode": str(status),
                "body": json.dumps(document),
                "header": [{"name": "content-type", "value": JSON}],
            }


Manner = Callable[[Tmf640Server, Asked, asyncio.StreamWriter], Awaitable[None]]


async def at_once(server: Tmf640Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    await send(writer, *server.answer(asked))


async def later(server: Tmf640Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    monitor = server.take(asked)
    await send(writer, 202, monitor, {"Location": monitor["href"]})


async def silent(server: Tmf640Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Neither does it nor answers."""
    writer.transport.abort()


async def silent_but_done(server: Tmf640Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    server.answer(asked)
    writer.transport.abort()


async def dumb(server: Tmf640Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Holds the connection and says nothing."""
    await asyncio.Event().wait()


async def dripping(server: Tmf640Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Never quite silent, and never at an end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def endless(server: Tmf640Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b" " * 65536)
        await writer.drain()


def answers(status: int, document: Any = None, raw: bytes | None = None, **headers: str) -> Manner:
    """Says so whatever it is asked, and does nothing."""

    async def answer(server: Tmf640Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        await send(writer, status, document, {name.replace("_", "-"): value for name, value in headers.items()}, raw)

    return answer


async def send(
    writer: asyncio.StreamWriter, status: int, document: Any, headers: dict[str, str], raw: bytes | None = None
) -> None:
    body = json.dumps(document).encode() if raw is None else raw
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'No')}", f"Content-Type: {JSON}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()


async def request_from(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    return Asked(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))
