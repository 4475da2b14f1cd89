"""The background process: runs jobs and schedules until it is told to stop, and finishes what it holds.

Any number of them may run. A job of a worker that was killed is taken over by another within seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import signal
from datetime import timedelta

import asyncpg
import structlog
from pgqueuer import PgQueuer

from app import connect_world
from portal import failures, jobs, logs
from portal.database import DB, open_database
from portal.settings import ROOT, settings

log = structlog.get_logger()

MOST_JOBS_AT_ONCE = 96
"""Most of them wait for somebody outside. Jobs of which there may be many have an `at_once` well below."""
BATCH = 10
CONNECTIONS = 16
POLL = timedelta(seconds=2)
"""Enqueued jobs are announced; this finds those of a killed worker, and a connection that has gone dumb."""
DEAD_AFTER = timedelta(seconds=10)
"""A job whose worker gave no sign of life for this long is another's."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
COLLECTING = (5_000, 20, 20)
"""Objects made between two looks for garbage, and how many of those until a longer one."""
CALM = 60.0
"""Seconds of work after which the next trouble is a new one."""


async def work() -> None:
    """Run until SIGTERM or SIGINT. Restarts of the database are lived through."""
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    logs.configure(readable=settings().portal_sandbox)
    import_every_job()
    spare_the_collector()
    url = settings().database_url
    async with open_database(url.get_secret_value() if url else None, CONNECTIONS):
        await connect_world()
        log.info("worker runs", jobs=len(jobs.JOBS), schedules=len(jobs.SCHEDULES))
        await keep_running(stop)


def import_every_job() -> None:
    """Each domain names its work in its `jobs.py`; the sandbox's is none of production's."""
    for domain in sorted(path.parent.name for path in (ROOT / "portal").glob("*/jobs.py")):
        if domain != "sandbox" or settings().portal_sandbox:
            importlib.import_module(f"portal.{domain}.jobs")


def spare_the_collector() -> None:
    """What was loaded stays: looking through it again and again for garbage took a fifth of the CPU of signing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTING)


async def keep_running(stop: asyncio.Event) -> None:
    """Begin again, ever more patiently, whenever the connection to the queue is lost."""
    clock = asyncio.get_running_loop()
    pause = SHORTEST_PAUSE
    while not stop.is_set():
        began = clock.time()
        try:
            await run(stop)
        except Exception as trouble:  # noqa: BLE001 - whatever stopped the queue, the worker begins again
            pause = SHORTEST_PAUSE if clock.time() - began > CALM else min(pause * 2, LONGEST_PAUSE)
            log.warning("worker begins again", reason=failures.words(trouble), pause=pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)


async def run(stop: asyncio.Event) -> None:
    """One life of the queue on one connection; its jobs use the pool."""
    connection = await asyncpg.connect(**DB.config)
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    try:
        await jobs.hold_killers(connection)
        await run_managers(jobs.worker(connection), stop, lost)
    finally:
        with contextlib.suppress(TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await connection.close(timeout=2)


async def run_managers(queue: PgQueuer, *ends: asyncio.Event) -> None:
    """PgQueuer's own `run` cancels what is running when one half fails, and forgets the cancelled jobs; this waits."""
    managers = [asyncio.create_task(run_jobs(queue)), asyncio.create_task(queue.sm.run())]
    told = [asyncio.create_task(end.wait()) for end in ends]
    await asyncio.wait([*managers, *told], return_when=asyncio.FIRST_COMPLETED)
    queue.shutdown.set()
    for waiting in told:
        waiting.cancel()
    for outcome in await asyncio.gather(*managers, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def run_jobs(queue: PgQueuer) -> None:
    await queue.qm.run(
        dequeue_timeout=POLL,
        batch_size=BATCH,
        max_concurrent_tasks=MOST_JOBS_AT_ONCE,
        shutdown_on_listener_failure=True,
        heartbeat_timeout=DEAD_AFTER,
    )
