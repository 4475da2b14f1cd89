"""Bills as a list shows them, and many of them at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal.billing.tables import Bill
from tests.people import TODAY, Person
from tests.visiting import Page


async def monthly(person: Person, months: int, cents: int = 3_000) -> None:
    """A paid bill on the fifth of each of the last months, this one included, the newest first."""
    for back in range(months):
        year, month = divmod(TODAY.year * 12 + TODAY.month - 1 - back, 12)
        issued = date(year, month + 1, 5)
        await person.bill(cents, due=issued + timedelta(days=18), issued=issued, open_cents=0)


async def change(bill: Bill, **columns: Any) -> None:
    await Bill.update({getattr(Bill, name): value for name, value in columns.items()}).where(Bill.id == bill.id)


def listed(page: Page) -> list[str]:
    """The addresses of the bills in the list, in its order."""
    return [row.get("href") or "" for row in page.all("#results a.row")]


def totals(page: Page) -> dict[str, str]:
    return {
        " ".join("".join(row.find("dt").itertext()).split()): " ".join(
            "".join(row.find("dd").itertext()).replace("\u202f", " ").split()
        )
        for row in page.all("#results .facts div")
    }
