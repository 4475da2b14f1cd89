"""What is still owed, and not disputed: what the ladder goes by."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from portal.billing.open_items import IS_OWED, owed_cents
from portal.database import connection
from portal.money import Money


async def overdue_of(account: UUID, today: date) -> Money:
    """All that is overdue and not disputed."""
    async with connection() as connected:
        return Money(await connected.fetchval(f"SELECT {owed_cents('$1', '$2')}", account, today))


async def debt_of(account: UUID, today: date) -> dict[str, Any]:
    """Everything overdue as messages tell it: `bills`, the longest due first, and their `total`."""
    async with connection() as connected:
        rows = await connected.fetch(OVERDUE, account, today)
    bills = [
        {
            "number": row["number"],
            "reference": row["reference"],
            "due_on": row["due_on"],
            "open": Money(row["cents"]),
        }
        for row in rows
    ]
    return {"bills": bills, "total": Money(sum(row["cents"] for row in rows))}


OVERDUE = f"""
    SELECT number, reference, due_on, open_cents - disputed_cents AS cents FROM bills
    WHERE account = $1 AND {IS_OWED} AND due_on < $2 ORDER BY due_on, number
"""  # noqa: S608 - our own words
