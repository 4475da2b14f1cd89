"""Background work: a job is enqueued in the transaction of the fact it follows, so neither exists without the other.

A domain's `jobs.py` names its work with `@job`; who enqueues it needs only the name, so a lower floor can call on a
higher one without importing it. PgQueuer runs it, again after a failure or a crash: work has to bear being repeated.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from asyncpg import Connection
from pgqueuer import PgQueuer
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job as QueuedJob
from pgqueuer.models import Schedule
from pgqueuer.queries import Queries

from portal.database import DB

log = structlog.get_logger()

Work = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Job:
    """`work` takes its payload as keyword strings; after `attempts` failures it is held for a person to look at."""

    work: Work
    attempts: int


JOBS: dict[str, Job] = {}
SCHEDULES: dict[str, tuple[str, Work]] = {}


def job(name: str, attempts: int = 12) -> Callable[[Work], Work]:
    """Register background work under `domain.verb`."""

    def register(work: Work) -> Work:
        JOBS[name] = Job(work, attempts)
        return work

    return register


def scheduled(name: str, expression: str) -> Callable[[Work], Work]:
    """Register work that comes round by a cron expression (five fields, UTC)."""

    def register(work: Work) -> Work:
        SCHEDULES[name] = (expression, work)
        return work

    return register


async def enqueue(name: str, *, after: timedelta | None = None, once: str | None = None, **payload: str) -> None:
    """Add a job to the running transaction. With `once`, a job that waits under the same key is not doubled."""
    current = DB.current_transaction.get()
    if current is None:
        raise RuntimeError(f"{name} must be enqueued in the transaction of the fact it follows")
    await Queries(AsyncpgDriver(current.connection)).enqueue(
        [name], [json.dumps(payload).encode()], [0], [after], [once], on_conflict="skip"
    )


def worker(connection: Connection) -> PgQueuer:
    """PgQueuer with every registered job and schedule, on a connection of its own."""
    queue = PgQueuer.from_asyncpg_connection(connection)
    for name, registered in JOBS.items():
        retries = partial(
            DatabaseRetryEntrypointExecutor,
            max_attempts=registered.attempts,
            initial_delay=timedelta(seconds=2),
            max_delay=timedelta(minutes=10),
        )
        queue.entrypoint(name, accepts_context=False, on_failure="hold", executor_factory=retries)(
            run(name, registered)
        )
    for name, (expression, work) in SCHEDULES.items():
        queue.schedule(name, expression, clean_old=True, accepts_context=False)(on_schedule(name, work))
    return queue


def run(name: str, registered: Job) -> Callable[[QueuedJob], Awaitable[None]]:
    async def entrypoint(queued: QueuedJob) -> None:
        with structlog.contextvars.bound_contextvars(job=name, job_id=queued.id):
            await registered.work(**json.loads(queued.payload or b"{}"))

    return entrypoint


def on_schedule(name: str, work: Work) -> Callable[[Schedule], Awaitable[None]]:
    async def entrypoint(_: Schedule) -> None:
        with structlog.contextvars.bound_contextvars(schedule=name):
            await work()

    return entrypoint
