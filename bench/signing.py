"""Seconds from the code to «podpisano»: N envelopes of four documents are accepted at once, real workers sign them.

    .venv/bin/python -m bench.signing [--envelopes 20] [--workers 1]

The portal serves as well: its sandbox is the timestamper, on loopback. All run and have signed once before the clock
starts. Everybody shares the cores, the database too; a figure per process says what each used.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx

from bench import ground
from portal.cli.demo import private_folder, secret_key
from portal.database import connection, open_database
from portal.embedded import embedded_url
from portal.identity.viewers import Viewer
from portal.migrating import migrate
from portal.signing.envelopes.accepting import accept
from portal.signing.envelopes.reading import EnvelopeSeen
from portal.signing.pki.ceremony import Ceremony
from tests.signing import people
from tests.signing.envelopes import signing

PORT = ground.PORT + 7
PATIENCE = 300
TICKS = os.sysconf("SC_CLK_TCK")
PASSPHRASE = "a passphrase for the benchmark only"
DOCUMENTS = 4
LIMIT, CPU_LIMIT = 15.0, 250


@dataclass(frozen=True, slots=True)
class Ready:
    seen: EnvelopeSeen
    viewer: Viewer
    digits: str


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--envelopes", type=int, default=20)
    asked.add_argument("--workers", type=int, default=1)
    options = asked.parse_args()
    set_environment()
    asyncio.run(measured(options.envelopes, options.workers))


def set_environment() -> None:
    keys = private_folder("run") / "bench-signing-keys"
    if not keys.exists():
        Ceremony(keys, PASSPHRASE.encode(), "Moj A1", f"http://127.0.0.1:{PORT}", is_demo=True).hold(
            datetime.now(UTC) - timedelta(days=1)
        )
    os.environ |= {
        "XDG_RUNTIME_DIR": str(private_folder("run")),
        "PORTAL_EMBEDDED_STOP": "1",
        "PORTAL_SANDBOX": "1",
        "PORTAL_URL": f"http://127.0.0.1:{PORT}",
        "PORTAL_SECRET_KEY": secret_key(),
        "STRIPE_API_KEY": "sk_test_bench",
        "STRIPE_WEBHOOK_SECRET": "whsec_bench",
        "SIGNING_KEYS_DIR": str(keys),
        "SIGNING_KEYS_PASSPHRASE": PASSPHRASE,
        "SIGNING_TSA_URL": f"http://127.0.0.1:{PORT}/sandbox/tsa",
    }
    os.environ["DATABASE_URL"] = embedded_url(ground.KEPT, "signing")


async def measured(envelopes: int, workers: int) -> None:
    async with open_database(os.environ["DATABASE_URL"], 4):
        await lay_afresh()
        with started("serve", "serve", "--workers", "1", "--port", str(PORT)) as server, ExitStack() as stack:
            await answers(f"http://127.0.0.1:{PORT}/health/ready")
            names = {f"worker {n + 1}": stack.enter_context(started(f"worker-{n}", "worker")) for n in range(workers)}
            await asyncio.gather(*(says(f"worker-{n}", "worker runs") for n in range(workers)))
            await signed(await accepted(await ready_to_sign(2 * workers)))
            running = names | {f"serve {n}": pid for n, pid in enumerate(children_of(server) or [server])}
            waiting = await ready_to_sign(envelopes)
            before = {name: cpu(pid) for name, pid in running.items()}
            seconds = await signed(await accepted(waiting))
            used = {name: cpu(pid) - before[name] for name, pid in running.items()}
    report(envelopes, workers, seconds, used)


async def answers(address: str) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(PATIENCE):
            with suppress(httpx.HTTPError):
                if (await client.get(address)).is_success:
                    return
            await asyncio.sleep(0.2)
    raise TimeoutError(address)


async def says(name: str, words: str) -> None:
    for _ in range(PATIENCE):
        if words in log_of(name).read_text():
            return
        await asyncio.sleep(0.2)
    raise TimeoutError(f"{name} does not say: {words}")


async def lay_afresh() -> None:
    async with connection() as connected:
        await connected.execute(
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS sandbox CASCADE"
        )
    await migrate()


async def ready_to_sign(count: int) -> list[Ready]:
    """So many customers with an extension each, who have read it and hold the code."""
    made = []
    for _ in range(count):
        now = datetime.now(UTC)
        ana = await people.ana()
        seen = await signing.seen_by(ana, await people.an_envelope(ana, at=now))
        viewer = await signing.viewer_of(ana, now)
        made.append(Ready(seen, viewer, (await signing.asks(seen, viewer, now)).digits))
    return made


async def accepted(ready: list[Ready]) -> dict[UUID, float]:
    """The codes are entered one after the other, as fast as that goes. When each was, by this process's clock."""
    at = {}
    for one in ready:
        await accept(one.seen, one.viewer, one.digits, signing.PHONE, datetime.now(UTC))
        at[one.seen.id] = time.monotonic()
    return at


async def signed(entered: dict[UUID, float]) -> list[float]:
    """Seconds from each code to «podpisano», the shortest first."""
    seconds: dict[UUID, float] = {}
    while len(seconds) < len(entered):
        await asyncio.sleep(0.05)
        async with connection() as connected:
            rows = await connected.fetch(SIGNED, list(entered.keys() - seconds.keys()))
        seconds |= {row["id"]: time.monotonic() - entered[row["id"]] for row in rows}
        if time.monotonic() - max(entered.values()) > PATIENCE:
            raise TimeoutError(f"{len(seconds)} of {len(entered)} were signed")
    return sorted(seconds.values())


SIGNED = "SELECT id FROM envelopes WHERE id = ANY($1) AND state = 'signed'"


def report(envelopes: int, workers: int, seconds: list[float], used: dict[str, float]) -> None:
    documents = envelopes * DOCUMENTS
    print(f"{envelopes} envelopes, {documents} documents, {workers} worker(s), one timestamper in the portal's process")
    print(f"first «podpisano» after {seconds[0]:.1f} s, half after {seconds[len(seconds) // 2]:.1f} s,", end=" ")
    print(f"last after {seconds[-1]:.1f} s (limit {LIMIT:.0f} s)")
    for name, cpu_seconds in used.items():
        busy = cpu_seconds / seconds[-1]
        print(f"{name}: {1000 * cpu_seconds / documents:.0f} ms of CPU a document, {busy:.0%} of a core")
    ours = 1000 * sum(cpu_seconds for name, cpu_seconds in used.items() if name.startswith("worker")) / documents
    print(f"workers in all: {ours:.0f} ms of CPU a document, with the mails (limit {CPU_LIMIT} ms)")
    busiest = max(used, key=lambda name: used[name])
    print(f"limited by: the CPU of {busiest}" if used[busiest] > 0.8 * seconds[-1] else "limited by: waiting")


@contextmanager
def started(name: str, *command: str) -> Iterator[int]:
    with log_of(name).open("wb") as target:
        process = subprocess.Popen([sys.executable, "-m", "portal.cli", *command], stdout=target, stderr=target)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def log_of(name: str) -> Path:
    return private_folder("run") / f"bench-{name}.log"


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    main()
