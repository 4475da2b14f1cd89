"""Writing the demo's people into the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from portal.customers.tables import Customer
from portal.database import connection, transaction
from portal.sandbox import site
from portal.sandbox.household import Household
from portal.sandbox.past import nights, relive
from portal.sandbox.sold import save_packages
from portal.sandbox.stories import PEOPLE, Person


async def seed(today: date, people: Sequence[Person] = PEOPLE) -> int:
    """Write whoever is missing; those who are there keep what became of them. Returns how many were written."""
    await site.connect()
    await save_packages()
    there = {row["number"] for row in await Customer.select(Customer.number)}
    missing = [person for person in people if f"1{person.serial:03d}000" not in there]
    if missing:
        async with transaction():
            await bring_to_life([person.story(person, today) for person in missing], today)
    return len(missing)


async def bring_to_life(houses: Sequence[Household], today: date) -> None:
    """Each with what happened to it before today."""
    for house in houses:
        await house.save()
    owed = [bill.due_on for house in houses for bill in house.owed]
    accounts = [account.id for house in houses for account in house.accounts]
    past = nights(midnight(min(owed, default=today)), midnight(today), accounts)
    await relive([*past, *(deed for house in houses for deed in house.past)])


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


async def made_on() -> date:
    """The day that the people's days are counted from: Bojan's newest bill was issued twenty days before it."""
    async with connection() as connected:
        newest: date = await connected.fetchval(BOJANS_NEWEST)
    return newest + timedelta(days=20)


BOJANS_NEWEST = "SELECT max(issued_on) FROM bills WHERE number LIKE '%-002___'"
