"""How quick the signed-in pages are on one core, beside the same page by asyncpg and plain Jinja2 alone.

    .venv/bin/python -m bench.pages [--seconds 5] [--rounds 5]

Core 0 serves, core 1 asks and holds the database. Rounds alternate, so that both meet the same weather; the ratio is
that of each round, with its spread. CPU is what the serving process used per request.
"""

from __future__ import annotations

import argparse
import asyncio
import difflib
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from bench import ground
from bench.load import Result, load
from bench.queries import queries_of

BARE = "bench.bare:app"
BARE_PORT = ground.PORT + 1
TARGET = 0.85
CSRF = re.compile(r'(?<=name="csrf_token" value=")[^"]*')


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=5)
    asked.add_argument("--rounds", type=int, default=5)
    options = asked.parse_args()
    os.sched_setaffinity(0, {1})
    ground.set_environment(ground.PORT)
    tokens = asyncio.run(ground.lay())
    for path, count in asyncio.run(queries_of(["/bills", "/"], tokens[0])).items():
        print(f"{path:20} {count} statements")
    portal = ("portal.cli", "serve", "--workers", "1", "--port", str(ground.PORT))
    bare = ("granian", "--interface", "asgi", "--no-ws", "--log-level", "warning", "--port", str(BARE_PORT), BARE)
    with serving(ground.PORT, *portal) as real, serving(BARE_PORT, *bare) as yardstick:
        insist_on_the_same_page(tokens[0])
        compare(tokens, real, yardstick, options.seconds, options.rounds)
        alone("/", tokens, real, options.seconds)


@contextmanager
def serving(port: int, *command: str) -> Iterator[int]:
    """A server on core 0. Yields the id of the process that answers."""
    log = Path(os.environ["XDG_RUNTIME_DIR"]) / f"bench-{port}.log"
    with log.open("wb") as target:
        server = subprocess.Popen(["taskset", "-c", "0", sys.executable, "-m", *command], stdout=target, stderr=target)
    try:
        wait_for(port, server, log)
        yield worker_of(server.pid)
    finally:
        server.terminate()
        server.wait(10)


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise SystemExit(log.read_text())


def worker_of(server: int) -> int:
    """Granian's worker: the last process that the server started, which it does once its port is open."""
    for _ in range(200):
        if children := Path(f"/proc/{server}/task/{server}/children").read_text().split():
            return int(children[-1])
        time.sleep(0.05)
    raise SystemExit("the server has no worker")


def insist_on_the_same_page(token: str) -> None:
    """Without its CSRF tokens the portal's page is the bare one, letter by letter."""
    ours, theirs = (
        CSRF.sub("", httpx.get(f"http://127.0.0.1:{port}/bills", headers=headers_of(token, ground.PORT)).text)
        for port in (ground.PORT, BARE_PORT)
    )
    if ours != theirs:
        raise SystemExit("\n".join(difflib.unified_diff(ours.splitlines(), theirs.splitlines(), "portal", "bare", n=0)))


def headers_of(token: str, port: int) -> dict[str, str]:
    return {"host": f"127.0.0.1:{port}", "accept-language": "sl", "cookie": f"__Host-session={token}"}


def compare(tokens: list[str], real: int, bare: int, seconds: float, rounds: int) -> None:
    ours: list[Result] = []
    theirs: list[Result] = []
    for _ in range(rounds):
        ours.append(asyncio.run(load(ground.PORT, "/bills", tokens, seconds, real)))
        theirs.append(asyncio.run(load(BARE_PORT, "/bills", tokens, seconds, bare)))
    report("/bills, the portal", ours)
    report("/bills, bare", theirs)
    ratios = [one.rate / other.rate for one, other in zip(ours, theirs, strict=True)]
    middle = statistics.median(ratios)
    print(f"ratio {middle:.2f} ({min(ratios):.2f} to {max(ratios):.2f}), target {TARGET}")


def alone(path: str, tokens: list[str], server: int, seconds: float) -> None:
    report(path, [asyncio.run(load(ground.PORT, path, tokens, seconds, server))])


def report(name: str, results: list[Result]) -> None:
    rate = statistics.median(result.rate for result in results)
    cpu = statistics.median(result.cpu_each for result in results)
    waits = sorted(wait for result in results for wait in result.waits)
    size = sum(result.bytes for result in results) / len(waits)
    print(
        f"{name:20} {rate:6.0f} requests/s  CPU {cpu * 1e6:5.0f} µs  p50 {waits[len(waits) // 2] * 1000:5.1f} ms"
        f"  p99 {waits[int(len(waits) * 0.99)] * 1000:5.1f} ms  {size:6.0f} bytes"
    )


if __name__ == "__main__":
    main()
