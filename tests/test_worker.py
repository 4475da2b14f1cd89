"""The worker process: it finishes what it holds, is replaced when it is killed, and lives through a lost database."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from portal import jobs
from portal.cli import queue
from portal.database import connection, transaction
from portal.settings import ROOT
from portal.worker import keep_running
from tests import killable
from tests.working import PATIENCE, a_worker

DONE: list[str] = []


@jobs.job("tests.tell")
async def tell(what: str) -> None:
    DONE.append(what)


@jobs.job("tests.choke", attempts=0)
async def choke(on: str) -> None:
    raise ValueError(f"cannot swallow {on}")


@jobs.scheduled("tests.nightly", "0 3 * * *")
async def nightly() -> None:
    DONE.append("nightly")


@pytest_asyncio.fixture(autouse=True)
async def marks(database: str) -> AsyncIterator[None]:
    DONE.clear()
    async with connection() as connected:
        await connected.execute("CREATE TABLE worker_marks (mark text)")
    yield
    async with connection() as connected:
        await connected.execute("DROP TABLE worker_marks")


async def marked() -> list[str]:
    async with connection() as connected:
        return [row["mark"] for row in await connected.fetch("SELECT mark FROM worker_marks ORDER BY ctid")]


async def have_told(what: str) -> None:
    async with transaction():
        await jobs.enqueue("tests.tell", what=what)


async def have_held() -> None:
    async with transaction():
        await jobs.enqueue("tests.hold")


async def until(come_true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await come_true():  # noqa: ASYNC110 - the worker may be another process
            await asyncio.sleep(0.02)


async def until_done(*what: str) -> None:
    async def is_done() -> bool:
        return sorted(DONE) == sorted(what)

    await until(is_done)


async def until_marked(*what: str) -> None:
    async def is_marked() -> bool:
        return await marked() == list(what)

    await until(is_marked)


@asynccontextmanager
async def a_process(url: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.killable", cwd=ROOT, env=os.environ | {"DATABASE_URL": url}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_it_does_what_is_enqueued() -> None:
    async with a_worker():
        await have_told("it")
        await until_done("it")


async def test_what_a_held_job_choked_on_is_not_kept_in_the_queue() -> None:
    async def is_held() -> bool:
        return bool(await queue.held())

    async with transaction():
        await jobs.enqueue("tests.choke", on="482913")
    async with a_worker():
        await until(is_held)

    [held] = await queue.held()
    assert held.error == "ValueError: cannot swallow …"
    async with connection() as connected:
        kept = await connected.fetch("SELECT traceback::text AS told FROM pgqueuer_log WHERE traceback IS NOT NULL")
    assert not any("482913" in row["told"] for row in kept)


async def test_many_jobs_are_done_once_each() -> None:
    async with transaction():
        for n in range(60):
            await jobs.enqueue("tests.tell", what=str(n))

    async with a_worker(), a_worker():
        await until_done(*map(str, range(60)))


async def test_it_lives_through_lost_connections() -> None:
    async with a_worker():
        await have_told("before")
        await until_done("before")
        async with connection() as connected:
            await connected.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await have_told("after")
        await until_done("before", "after")


async def test_a_run_that_was_missed_is_made_up_for() -> None:
    async def is_planned() -> bool:
        async with connection() as connected:
            return bool(await connected.fetchval("SELECT true FROM pgqueuer_schedules WHERE entrypoint LIKE 'tests%'"))

    async with a_worker():
        await until(is_planned)
    assert DONE == []
    async with connection() as connected:
        await connected.execute(
            "UPDATE pgqueuer_schedules SET next_run = now() - interval '1 hour' WHERE entrypoint LIKE 'tests%'"
        )

    async with a_worker(), a_worker():
        await until_done("nightly")


async def test_killed_in_the_middle_its_job_is_done_by_another(database: str) -> None:
    await have_held()
    async with a_process(database) as first:
        await until_marked("began")
        first.kill()
        await first.wait()
    await killable.mark("let go")

    async with a_process(database):
        await until_marked("began", "let go", "began", "ended")


async def test_told_to_stop_it_finishes_what_it_holds(database: str) -> None:
    await have_held()
    async with a_process(database) as process:
        await until_marked("began")
        process.send_signal(signal.SIGTERM)
        await have_held()
        await killable.mark("let go")
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0

    assert await marked() == ["began", "let go", "ended"]


async def test_idle_it_stops_at_once(database: str) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(keep_running(stop))
    await asyncio.sleep(0)
    stop.set()

    await asyncio.wait_for(running, 5)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_both_signals_end_it_well(database: str, sign: signal.Signals) -> None:
    await have_held()
    await killable.mark("let go")
    async with a_process(database) as process:
        await until_marked("let go", "began", "ended")
        process.send_signal(sign)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
