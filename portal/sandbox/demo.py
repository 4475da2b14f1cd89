"""Writing the demo's people into the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from asyncpg import Connection

from portal import clock
from portal.customers.tables import Customer
from portal.database import connection, transaction
from portal.sandbox import site
from portal.sandbox.household import Household
from portal.sandbox.past import Deed, nights, relive
from portal.sandbox.person import Person
from portal.sandbox.sold import save_packages
from portal.sandbox.stories import PEOPLE
from portal.usage.months import lay_months
from portal.usage.warning import warn


async def seed(today: date, people: Sequence[Person] = PEOPLE, *, at: datetime | None = None) -> int:
    """Write whoever is missing; those who are there keep what became of them. Returns how many were written.

    `at`: when on that day; at the hour that it is now.
    """
    await site.connect()
    await save_packages()
    there = {row["number"] for row in await Customer.select(Customer.number)}
    missing = [person for person in people if f"1{person.serial:03d}000" not in there]
    if missing:
        await lay_months(today)
        async with transaction() as connected:
            houses = [person.story(person, today) for person in missing]
            await bring_to_life(connected, houses, today, at or this_hour(today))
    return len(missing)


async def bring_to_life(connected: Connection, houses: Sequence[Household], today: date, at: datetime) -> None:
    """Each with what happened to it before today, and what it has used by now."""
    for house in houses:
        await house.save()
        await house.measure(connected, at)
    owed = [bill.due_on for house in houses for bill in house.owed]
    accounts = [account.id for house in houses for account in house.accounts]
    past = nights(midnight(min(owed, default=today)), midnight(today), accounts)
    lines = [use.line.id for house in houses for use in house.measured]
    warned = Deed(at, partial(warn, connected, lines, at))
    await relive([*past, *(deed for house in houses for deed in house.past), warned])


def this_hour(day: date) -> datetime:
    """That day at the time it is now."""
    return datetime.combine(day, clock.now().astimezone(clock.LJUBLJANA).time(), clock.LJUBLJANA).astimezone(UTC)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


async def made_on() -> date:
    """The day that the people's days are counted from: Bojan's newest bill was issued twenty days before it."""
    async with connection() as connected:
        newest: date = await connected.fetchval(BOJANS_NEWEST)
    return newest + timedelta(days=20)


BOJANS_NEWEST = "SELECT max(issued_on) FROM bills WHERE number LIKE '%-002___'"
