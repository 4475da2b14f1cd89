"""How quickly the worker drains the outbox: N messages through the real Kannel and its stand-in for an SMS centre.

    .venv/bin/python -m bench.outbox [--messages 3000] [--workers 1] [--no-receipts]

The portal serves as well, and takes the receipts: two calls a message. Both cores serve everybody; a figure per
process says what each used. Kannel as deploy/kannel.conf sets it up, on loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import ground
from portal.cli.demo import private_folder, secret_key
from portal.database import connection, open_database, transaction
from portal.embedded import embedded_url
from portal.messaging.sending import Told, send_sms
from portal.messaging.templates import template
from portal.migrating import migrate
from tests.kannel import Kannel, kannel_for

PORT = ground.PORT + 3
MANY = 500
PATIENCE = 300
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figures:
    """Times in seconds from the worker's first message."""

    made: float
    left: float
    settled: float | None


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--messages", type=int, default=3_000)
    asked.add_argument("--workers", type=int, default=1)
    asked.add_argument("--no-receipts", action="store_true", help="nobody listens for them; Kannel keeps calling")
    options = asked.parse_args()
    set_environment()
    with kannel_for(f"http://127.0.0.1:{PORT}") as kannel:
        os.environ |= kannel.environment
        with portal(is_serving=not options.no_receipts) as running:
            figures, used = asyncio.run(measured(options.messages, options.workers, kannel, running))
    report(options.messages, figures, used)


def set_environment() -> None:
    os.environ |= {
        "XDG_RUNTIME_DIR": str(private_folder("run")),
        "PORTAL_EMBEDDED_STOP": "1",
        "PORTAL_SANDBOX": "1",
        "PORTAL_URL": f"http://127.0.0.1:{PORT}",
        "PORTAL_SECRET_KEY": secret_key(),
        "STRIPE_API_KEY": "sk_test_bench",
        "STRIPE_WEBHOOK_SECRET": "whsec_bench",
    }
    os.environ["DATABASE_URL"] = embedded_url(ground.KEPT, "outbox")


@contextmanager
def portal(*, is_serving: bool) -> Iterator[dict[str, int]]:
    """Yields the processes that run, by name."""
    with started("serve", "--workers", "1", "--port", str(PORT)) if is_serving else nothing() as server:
        if server:
            time.sleep(3)  # granian forks, and templates load
        children = children_of(server) if server else []
        yield {"portal serve": children[-1]} if children else {}


@contextmanager
def nothing() -> Iterator[None]:
    yield None


@contextmanager
def started(*command: str) -> Iterator[int]:
    log = private_folder("run") / f"bench-{command[0]}.log"
    with log.open("wb") as target:
        process = subprocess.Popen([sys.executable, "-m", "portal.cli", *command], stdout=target, stderr=target)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


async def measured(
    count: int, workers: int, kannel: Kannel, running: dict[str, int]
) -> tuple[Figures, dict[str, float]]:
    async with open_database(os.environ["DATABASE_URL"], 4):
        await migrate()
        async with connection() as connected:
            await connected.execute("TRUNCATE messages CASCADE; TRUNCATE pgqueuer, pgqueuer_log")
        began = time.monotonic()
        await make(count)
        made = time.monotonic() - began
        boxes = {name: process.pid for name, process in kannel.running.items()}
        with started_workers(workers) as working:
            begun, before = await first(), cpu_of(running | boxes | working)
            left, settled = await drained(count, expects_receipts=bool(running))
            used = cpu_of(running | boxes | working)
    return Figures(made, left, settled), {name: (used[name] - before[name]) / (count - begun) for name in used}


async def make(count: int) -> None:
    told = Told(
        "pre_suspension", "sl", template("pre_suspension").example, expires_at=datetime.now(UTC) + timedelta(hours=2)
    )
    for first in range(0, count, MANY):
        async with transaction():
            for n in range(first, min(first + MANY, count)):
                await send_sms(told, f"+38641{n:06d}", at=datetime.now(UTC))


@contextmanager
def started_workers(count: int) -> Iterator[dict[str, int]]:
    if count == 0:
        yield {}
        return
    with started("worker") as worker, started_workers(count - 1) as others:
        yield {f"portal worker {count}": worker, **others}


async def first() -> int:
    """How many have left when the first are seen to have: what comes before is the worker's start."""
    while not (taken := (await so_far())["taken"]):  # noqa: ASYNC110 - other processes tell nobody
        await asyncio.sleep(0.05)
    return int(taken)


async def drained(count: int, *, expects_receipts: bool) -> tuple[float, float | None]:
    """Seconds from the first message's leaving to the last's, and to the last receipt."""
    while (done := await so_far())["taken"] < count:
        await asyncio.sleep(0.2)
        if done["first"] and (datetime.now(UTC) - done["first"]).total_seconds() > PATIENCE:
            raise SystemExit(f"after {PATIENCE} s: {dict(done)}")
    left = (done["last"] - done["first"]).total_seconds()
    while expects_receipts and (done := await so_far())["delivered"] < count:
        await asyncio.sleep(0.2)
        if (datetime.now(UTC) - done["first"]).total_seconds() > PATIENCE:
            return left, None
    return left, (done["told"] - done["first"]).total_seconds() if expects_receipts else None


async def so_far() -> dict[str, Any]:
    async with connection() as connected:
        return dict(await connected.fetchrow(SO_FAR))


def cpu_of(processes: dict[str, int]) -> dict[str, float]:
    """Seconds on a core, of each process and of all that the database runs."""
    leader = int((ground.KEPT / "postmaster.pid").read_text().split()[0])
    spent = {name: seconds_of(process) for name, process in processes.items()}
    return spent | {"PostgreSQL": sum(seconds_of(process) for process in [leader, *children_of(leader)])}


def seconds_of(process: int) -> float:
    with suppress(FileNotFoundError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS  # with children that have ended
    return 0.0


def children_of(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def report(count: int, figures: Figures, used: dict[str, float]) -> None:
    print(f"{count} messages decided and queued at {count / figures.made:.0f}/s")
    print(f"taken by Kannel at {count / figures.left:.0f}/s, in {figures.left:.1f} s")
    if figures.settled is not None:
        print(f"all receipts noted after {figures.settled:.1f} s: {count / figures.settled:.0f}/s")
    for name, seconds in sorted(used.items(), key=lambda one: -one[1]):
        print(f"  {name:16} {seconds * 1000:6.2f} ms of a core a message")


SO_FAR = """
    SELECT count(*) FILTER (WHERE state NOT IN ('queued', 'sending')) AS taken,
           count(*) FILTER (WHERE state IN ('delivered', 'failed')) AS delivered,
           min(sent_at) AS first, max(sent_at) AS last, max(delivered_at) AS told
    FROM messages
"""

if __name__ == "__main__":
    main()
