"""What operations ask of PgQueuer's tables: what waits, what is held, and whether a worker is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from pgqueuer.types import JobId

from portal.database import connection


@dataclass(frozen=True, slots=True)
class Held:
    """A job that failed too often."""

    id: int
    name: str
    payload: str
    since: datetime
    error: str


HELD = """
    SELECT q.id, q.entrypoint AS name, convert_from(coalesce(q.payload, ''), 'UTF8') AS payload, q.updated AS since,
           coalesce(l.traceback ->> 'exception_message', '') AS error
    FROM pgqueuer q
    LEFT JOIN LATERAL (
        SELECT traceback FROM pgqueuer_log
        WHERE job_id = q.id AND traceback IS NOT NULL ORDER BY id DESC LIMIT 1
    ) l ON true
    WHERE q.status = 'failed'
    ORDER BY q.id
"""
LONGEST_WAIT = "SELECT max(now() - execute_after) FROM pgqueuer WHERE status = 'queued' AND execute_after < now()"
SCHEDULES_LATE = "SELECT max(now() - next_run) FROM pgqueuer_schedules WHERE status = 'queued'"


async def held() -> list[Held]:
    async with connection() as connected:
        return [Held(**row) for row in await connected.fetch(HELD)]


async def retry(job_id: int) -> bool:
    """Queue a held job again; False when it is not held."""
    async with connection() as connected:
        is_held = await connected.fetchval("SELECT true FROM pgqueuer WHERE id = $1 AND status = 'failed'", job_id)
        await Queries(AsyncpgDriver(connected)).requeue_jobs([JobId(job_id)])
    return bool(is_held)


async def longest_wait() -> timedelta:
    """How long the job has waited that should have begun first."""
    async with connection() as connected:
        return await connected.fetchval(LONGEST_WAIT) or timedelta()


async def schedules_late() -> timedelta | None:
    """By how much the timed runs are late: a worker takes each when it is due. None: no worker ever ran."""
    async with connection() as connected:
        late: timedelta | None = await connected.fetchval(SCHEDULES_LATE)
    return late
