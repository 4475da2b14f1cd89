"""Workers for tests: one runs the due jobs here and now, in this event loop, without waiting; one is real."""

from __future__ import annotations

import asyncio
import importlib
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from pgqueuer import PgQueuer
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Context, Job
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.types import QueueManagerId

from portal import jobs
from portal.database import connection, pool
from portal.worker import import_every_job, keep_running

NEVER_STALE = timedelta(days=1)
PATIENCE = 30


@asynccontextmanager
async def a_worker() -> AsyncIterator[None]:
    """The real one, in this very process, on connections of its own."""
    import_every_job()
    stop = asyncio.Event()
    running = asyncio.create_task(keep_running(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(running, PATIENCE)


async def work_off(*, later: bool = False) -> int:
    """Run every due job, and the jobs that these enqueue, until none is left. Returns how many ran.

    A job that says `NotYet` goes back to wait for its next attempt; any other failure is raised here, once all have
    run. With `later`, jobs that wait for their time, a next attempt included, are first brought forward.
    """
    import_every_job()
    importlib.import_module("portal.sandbox.jobs")
    if later:
        await bring_forward()
    ran, crashes = 0, []
    async with pool().acquire() as connected:
        queue = jobs.worker(connected)
        while due := await claim(queue):
            for job in due:
                ran += 1
                crash = await run(queue, job)
                crashes += [crash] if crash else []
    if crashes:
        raise crashes[0]
    return ran


async def claim(queue: PgQueuer) -> list[Job]:
    return await queue.qm.queries.dequeue(
        10,
        {name: EntrypointExecutionParameter(0) for name in queue.qm.entrypoint_registry},
        QueueManagerId(uuid.uuid4()),
        None,
        NEVER_STALE,
    )


async def run(queue: PgQueuer, job: Job) -> BaseException | None:
    """As PgQueuer does it: done, tried again later, or held. Returns what crashed."""
    executor = queue.qm.entrypoint_registry[job.entrypoint]
    try:
        await executor.execute(job, Context(cancellation=None))  # type: ignore[arg-type]  # our jobs take no context
    except RetryRequested as again:
        await queue.qm.queries.retry_job(job, again.delay, None)
        return crash_behind(again)
    except jobs.JobFailed as end:
        await queue.qm.queries.log_jobs([(job, "failed", None)])
        return crash_behind(end)
    await queue.qm.queries.log_jobs([(job, "successful", None)])
    return None


def crash_behind(end: Exception) -> BaseException | None:
    """What the job raised, which the queue is not told."""
    return None if isinstance(end.__context__, jobs.NotYet) else end.__context__


async def bring_forward() -> None:
    async with connection() as connected:
        await connected.execute("UPDATE pgqueuer SET execute_after = now() WHERE status = 'queued'")


async def waiting(name: str | None = None) -> list[str]:
    """The names of the jobs that wait, due or not."""
    async with connection() as connected:
        rows = await connected.fetch(
            "SELECT entrypoint FROM pgqueuer WHERE status = 'queued' AND ($1::text IS NULL OR entrypoint = $1)"
            " ORDER BY id",
            name,
        )
    return [row["entrypoint"] for row in rows]
