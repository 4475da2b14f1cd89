"""Days that pass in the demo: the clock goes from moment to moment, and at each everything is done before the next.

The worker does it, as a job beside the jobs that follow from it; pages show how far it has come.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import structlog
from piccolo.columns import Timestamptz, Varchar
from piccolo.table import Table

from portal import clock, failures
from portal.database import connection, transaction
from portal.jobs import enqueue
from portal.refusals import N_, Refusal
from portal.rows import Identified
from portal.sandbox.nights import moments
from portal.sandbox.offset import move_to
from portal.sandbox.tables import SCHEMA

log = structlog.get_logger()

LOCK = 4_071_2041
"""Any number: of two who ask at once one is first."""
LONGEST_REASON = 200
MORNING_IS_OVER = time(9)
"""In Slovenia; everything of that day has happened."""
PATIENCE = timedelta(seconds=20)
"""By the machine's time: a network that says nothing does not stop the days."""
LOOK_AGAIN = 0.02


class PassingAlready(Refusal):
    message = N_("Days are passing already. Wait until they have passed.")


class Passing(Identified, Table, tablename="passings", schema=SCHEMA):
    """A stretch of days. `reached`: the last of its moments at which everything was done."""

    began_at = Timestamptz(default=None)
    until = Timestamptz(default=None)
    reached = Timestamptz(default=None)
    ended_at = Timestamptz(null=True, default=None)
    failure = Varchar(LONGEST_REASON, null=True, default=None)

    @property
    def days(self) -> int:
        return (clock.day_of(self.until) - clock.day_of(self.began_at)).days

    @property
    def passed(self) -> int:
        return (clock.day_of(self.reached) - clock.day_of(self.began_at)).days


async def latest() -> Passing | None:
    return await Passing.objects().order_by(Passing.began_at, ascending=False).first()


async def let_pass(day: date, at: datetime) -> None:
    """Up to the same hour of a later day, but not before its morning is over. Raises PassingAlready."""
    hour = max(at.astimezone(clock.LJUBLJANA).time(), MORNING_IS_OVER)
    until = datetime.combine(day, hour, clock.LJUBLJANA).astimezone(UTC)
    passing = Passing(began_at=at, until=until, reached=at)
    async with transaction() as connected:
        await connected.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        if await Passing.exists().where(Passing.ended_at.is_null()):
            raise PassingAlready
        await passing.save()
        await enqueue("sandbox.pass_days", passing=str(passing.id))


async def pass_days(passing_id: UUID) -> None:
    """Go on where a worker that died had come to. What fails ends it, and is said on the page."""
    passing = await Passing.objects().get((Passing.id == passing_id) & Passing.ended_at.is_null())
    if passing is None:
        return
    try:
        await go_on(passing)
    except Exception as failure:
        log.exception("days stopped passing", reached=passing.reached)
        await end(passing, failures.words(failure)[:LONGEST_REASON])
        raise
    await end(passing)


async def go_on(passing: Passing) -> None:
    for moment in moments(passing.reached, passing.until):
        await move_to(moment.at)
        await moment.do(moment.at, None)
        await all_is_done()
        passing.reached = moment.at
        await passing.save([Passing.reached])
    await move_to(passing.until)


async def all_is_done() -> None:
    """Until no worker has anything left that is due; or not, where it takes too long."""
    patient_until = clock.system() + PATIENCE
    while await is_under_way() and clock.system() < patient_until:  # noqa: ASYNC110 - other processes tell nobody
        await asyncio.sleep(LOOK_AGAIN)


async def is_under_way() -> bool:
    async with connection() as connected:
        return bool(await connected.fetchval(UNDER_WAY))


async def end(passing: Passing, failure: str | None = None) -> None:
    passing.ended_at, passing.failure = clock.now(), failure
    passing.reached = passing.until if failure is None else passing.reached
    await passing.save()


UNDER_WAY = """
    SELECT EXISTS (
        SELECT FROM pgqueuer WHERE entrypoint <> 'sandbox.pass_days'
        AND (status = 'picked' OR status = 'queued' AND execute_after <= now())
    )
"""
