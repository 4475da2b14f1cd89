"""A load on one address by a fixed number of connections, each asking again as soon as it is answered."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import cast

CONNECTIONS = 12
TICKS = 100
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass
class Result:
    """What came of it. Times in seconds."""

    seconds: float = 0
    server_cpu: float = 0
    waits: list[float] = field(default_factory=list)
    bytes: int = 0
    failures: int = 0

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds

    @property
    def cpu_each(self) -> float:
        return self.server_cpu / len(self.waits)


class Asking(asyncio.Protocol):
    """One connection. `requests` are whole requests as bytes, taken in turn."""

    def __init__(self, requests: Iterator[bytes], result: Result) -> None:
        self.requests = requests
        self.result = result
        self.stopped = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.ask()

    def ask(self) -> None:
        self.asked = time.perf_counter()
        self.answer = b""
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self.answer += data
        head, end, body = self.answer.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not end or length is None or len(body) < int(length.group(1)):
            return
        self.result.failures += not head.startswith(b"HTTP/1.1 200 ")
        self.result.bytes += len(self.answer)
        self.result.waits.append(time.perf_counter() - self.asked)
        if self.stopped:
            self.transport.close()
        else:
            self.ask()


async def load(port: int, path: str, tokens: list[str], seconds: float, server: int) -> Result:
    """Ask for `path` as each of the signed-in browsers in turn. `server`: the process whose CPU time counts."""
    requests = cycle([request(port, path, token) for token in tokens])
    result = Result()
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(lambda: Asking(requests, result), "127.0.0.1", port))[1]
        for _ in range(CONNECTIONS)
    ]
    began, cpu = time.perf_counter(), cpu_of(server)
    await asyncio.sleep(seconds)
    result.seconds, result.server_cpu = time.perf_counter() - began, cpu_of(server) - cpu
    for asking in connections:
        asking.stopped = True
    await asyncio.sleep(0.3)
    if result.failures:
        raise SystemExit(f"{path}: {result.failures} answers were not 200, which measures nothing")
    return result


def request(port: int, path: str, token: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\naccept: text/html\r\naccept-language: sl\r\n"
        f"accept-encoding: gzip, deflate, br, zstd\r\ncookie: __Host-session={token}\r\nsec-fetch-site: none\r\n\r\n"
    ).encode()


def cpu_of(process: int) -> float:
    """Seconds of CPU that a process has used (proc(5): utime and stime)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
