"""Writing the demo's people into the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from portal.customers.tables import Customer
from portal.database import connection, transaction
from portal.sandbox import site
from portal.sandbox.past import relive
from portal.sandbox.sold import save_packages
from portal.sandbox.stories import PEOPLE, Person


async def seed(today: date, people: Sequence[Person] = PEOPLE) -> int:
    """Write whoever is missing; those who are there keep what became of them. Returns how many were written."""
    await site.connect()
    await save_packages()
    there = {row["number"] for row in await Customer.select(Customer.number)}
    missing = [person for person in people if f"1{person.serial:03d}000" not in there]
    for person in missing:
        async with transaction():
            house = person.story(person, today)
            await house.save()
            await relive(house.past)
    return len(missing)


async def made_on() -> date:
    """The day that the people's days are counted from: Bojan's newest bill was issued twenty days before it."""
    async with connection() as connected:
        newest: date = await connected.fetchval(BOJANS_NEWEST)
    return newest + timedelta(days=20)


BOJANS_NEWEST = "SELECT max(issued_on) FROM bills WHERE number LIKE '%-002___'"
