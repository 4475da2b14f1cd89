"""Background work: a job is enqueued in the transaction of the fact it follows, so neither exists without the other.

A domain's `jobs.py` names its work with `@job`; who enqueues it needs only the name, so a lower floor can call on a
higher one without importing it. PgQueuer runs it, again after a failure or a crash: work has to bear being repeated,
also by two workers at once.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from asyncpg import Connection
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job as QueuedJob
from pgqueuer.models import Schedule
from pgqueuer.queries import Queries

from portal import failures
from portal.database import DB, connection

log = structlog.get_logger()

Work = Callable[..., Awaitable[None]]

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
PATIENT, ORDINARY, URGENT = -10, 0, 10
"""PgQueuer takes what has the higher priority first. Patient is what comes in masses and lets all else pass."""
MOST_DEATHS = 3
"""So many workers may die over one job before it is held."""


class NotYet(Exception):
    """What a job waits for has not come about: it is tried again with backoff, and nothing has crashed."""


class JobFailed(Exception):
    """The last attempt failed. It says how without the values it failed on, because the queue keeps what it is told."""


@dataclass(frozen=True, slots=True)
class Job:
    """`work` takes its payload as keyword strings; after `attempts` retries it is held for a person to look at.

    `at_once`: how many may run at a time in all workers together; 0: as many as there is room for.
    """

    work: Work
    attempts: int
    at_once: int


JOBS: dict[str, Job] = {}
SCHEDULES: dict[str, tuple[str, Work]] = {}


def job(name: str, attempts: int = 12, at_once: int = 0) -> Callable[[Work], Work]:
    """Register background work under `domain.verb`.

    What waits for somebody outside needs `at_once`: when they are slow, it may not take every place in the workers.
    """

    def register(work: Work) -> Work:
        JOBS[name] = Job(work, attempts, at_once)
        return work

    return register


def scheduled(name: str, expression: str) -> Callable[[Work], Work]:
    """Register work that comes round by a cron expression (five fields, UTC).

    One worker runs it each time. A time that passed while no worker ran is made up for when one starts.
    """

    def register(work: Work) -> Work:
        SCHEDULES[name] = (expression, work)
        return work

    return register


async def enqueue(
    name: str,
    *,
    priority: int = ORDINARY,
    after: timedelta | None = None,
    once: str | None = None,
    **payload: str,
) -> None:
    """Add a job to the running transaction. What has the higher priority is taken first.

    With `once`, a job that waits *or runs* under the same key is not doubled: only for work that whoever runs it
    will still see, such as a sweep that comes again.
    """
    current = DB.current_transaction.get()
    if current is None:
        raise RuntimeError(f"{name} must be enqueued in the transaction of the fact it follows")
    await Queries(AsyncpgDriver(current.connection)).enqueue(
        [name],
        [json.dumps(payload).encode()],
        [priority],
        [after],
        [once],
        on_conflict="skip",
    )


def worker(connection: Connection) -> PgQueuer:
    """PgQueuer with every registered job and schedule, on a connection of its own."""
    queue = PgQueuer.from_asyncpg_connection(connection)
    for name, registered in JOBS.items():
        queue.entrypoint(name, concurrency_limit=registered.at_once, accepts_context=False, on_failure="hold")(
            entrypoint(name, registered)
        )
    for name, (expression, work) in SCHEDULES.items():
        queue.schedule(name, expression, accepts_context=False)(on_schedule(name, work))
    return queue


def entrypoint(name: str, registered: Job) -> Callable[[QueuedJob], Awaitable[None]]:
    async def run(queued: QueuedJob) -> None:
        with structlog.contextvars.bound_contextvars(job=name, job_id=queued.id):
            try:
                await registered.work(**json.loads(queued.payload or b"{}"))
            except Exception as failure:  # noqa: BLE001 - whatever it was, it is tried again or held
                tell(failure, queued.attempts)
                if queued.attempts >= registered.attempts:
                    raise JobFailed(failures.words(failure)) from None
                raise RetryRequested(wait_after(queued.attempts), failures.words(failure)) from None

    return run


def tell(failure: Exception, attempts: int) -> None:
    if isinstance(failure, NotYet):
        log.info("job waits", reason=str(failure), attempts=attempts)
    else:
        log.error("job failed", attempts=attempts, exc_info=failure)


def wait_after(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, at most ten minutes."""
    return min(FIRST_WAIT * (1 << min(attempts, 20)), LONGEST_WAIT)


def on_schedule(name: str, work: Work) -> Callable[[Schedule], Awaitable[None]]:
    async def run(_: Schedule) -> None:
        with structlog.contextvars.bound_contextvars(schedule=name):
            await work()

    return run


async def hold_killers(connection: Connection) -> None:
    """Hold the jobs over which workers keep dying: PgQueuer hands them on for ever, and counts failures only."""
    for held in await connection.fetch(HOLD_KILLERS, MOST_DEATHS):
        log.error("job held, workers die over it", job=held["entrypoint"], job_id=held["id"])


@scheduled("jobs.forget", "17 2 * * *")
async def forget() -> None:
    """What was done a month ago is forgotten, a few thousand rows at a time; else the queue's log grows for ever."""
    async with connection() as connected:
        while await connected.fetchval(FORGET_SOME):
            pass
        await connected.execute(FORGET_COUNTS)


# Queued once, a job is picked once; every time more, somebody had died who picked it before.
HOLD_KILLERS = """
    UPDATE pgqueuer AS q SET status = 'failed', queue_manager_id = NULL, updated = now()
    WHERE q.status = 'picked' AND $1 < (
        SELECT count(*) FROM pgqueuer_log p WHERE p.job_id = q.id AND p.status = 'picked' AND p.id > (
            SELECT max(id) FROM pgqueuer_log l WHERE l.job_id = q.id AND l.status = 'queued'
        )
    )
    RETURNING q.id, q.entrypoint
"""
FORGET_SOME = """
    WITH gone AS (
        DELETE FROM pgqueuer_log WHERE id IN (
            SELECT id FROM pgqueuer_log WHERE aggregated AND created < now() - interval '30 days' LIMIT 5000
        ) RETURNING id
    )
    SELECT count(*) FROM gone
"""
FORGET_COUNTS = "DELETE FROM pgqueuer_statistics WHERE created < now() - interval '30 days'"
