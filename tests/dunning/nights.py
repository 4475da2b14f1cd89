"""Days that pass: each night the letters are printed and the ladder runs, by day the post takes the letters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from portal import clock
from portal.database import connection
from portal.dunning import nightly
from portal.dunning.nightly import Summary
from portal.messaging import batches
from portal.messaging.printing import print_letters
from tests.people import Person
from tests.working import work_off

ONE_DAY = timedelta(days=1)
PRINTED_AT, RUN_AT, POSTED_AT = time(1, 30), time(6, 15), time(9)


def moment(day: date, hour: time = RUN_AT) -> datetime:
    return datetime.combine(day, hour, UTC)


async def live_through(first: date, last: date, *, with_post: bool = True) -> dict[date, Summary]:
    """Every day from `first` to `last`; returns what each night did. Without post, letters stay where they are."""
    nights = {}
    day = first
    while day <= last:
        if with_post:
            with clock.stopped_at(moment(day, PRINTED_AT)):
                await print_letters(clock.now())
        nights[day] = await night(day)
        if with_post:
            await batches.hand_over(None, "print house", moment(day, POSTED_AT))
        day += ONE_DAY
    return nights


async def night(day: date) -> Summary:
    """The nightly run of a day and all the work that follows from it."""
    with clock.stopped_at(moment(day)):
        done = await nightly.run(day, moment(day))
        await work_off()
    return done


async def steps_of(person: Person) -> dict[str, date]:
    """Step → the day it was taken and carried out, in order."""
    async with connection() as connected:
        rows = await connected.fetch(STEPS, person.account.id)
    return {row["step"]: row["on_day"] for row in rows}


async def told(person: Person) -> dict[date, list[str]]:
    """Day → what was told, as `channel template`."""
    async with connection() as connected:
        rows = await connected.fetch(TOLD, person.customer.id)
    by_day: dict[date, list[str]] = defaultdict(list)
    for row in rows:
        by_day[clock.day_of(row["created_at"])].append(f"{row['channel']} {row['template']}")
    return dict(by_day)


async def happened(person: Person, kinds: Sequence[str] = ()) -> list[str]:
    """The timeline: each row's kind, of `kinds` only where some are named."""
    async with connection() as connected:
        rows = await connected.fetch(HAPPENED, person.account.id)
    return [row["kind"] for row in rows if not kinds or row["kind"] in kinds]


STEPS = """
    SELECT e.step, e.on_day FROM case_events e JOIN dunning_cases c ON c.id = e.dunning_case
    WHERE c.account = $1 AND e.kind = 'step' AND e.outcome = 'done' ORDER BY e.at, e.id
"""
TOLD = "SELECT created_at, channel, template FROM messages WHERE customer = $1 ORDER BY created_at, channel, id"
HAPPENED = """
    SELECT e.kind FROM case_events e JOIN dunning_cases c ON c.id = e.dunning_case
    WHERE c.account = $1 ORDER BY e.at, e.id
"""
