"""What is still owed, asked so that no payment can come in between."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Connection

from portal.billing.tables import Bill
from portal.customers.locking import lock_account
from portal.customers.tables import Account
from portal.database import connection
from portal.money import Money


async def is_still_owed(connected: Connection, account: Account, bill: Bill, today: date) -> bool:
    """Lock the account, as booking a payment does, then look whether this bill of it is open and overdue."""
    await lock_account(connected, account.id)
    return bool(await connected.fetchval(OWED, bill.id, account.id, today))


async def debt_of(account: UUID, today: date) -> dict[str, Any]:
    """Everything overdue as messages tell it: `bills`, the longest due first, and their `total`."""
    async with connection() as connected:
        rows = await connected.fetch(OVERDUE, account, today)
    bills = [
        {
            "number": row["number"],
            "reference": row["reference"],
            "due_on": row["due_on"],
            "open": Money(row["open_cents"]),
        }
        for row in rows
    ]
    return {"bills": bills, "total": Money(sum(row["open_cents"] for row in rows))}


OWED = "SELECT true FROM bills WHERE id = $1 AND account = $2 AND open_cents > 0 AND due_on < $3"
OVERDUE = """
    SELECT number, reference, due_on, open_cents FROM bills
    WHERE account = $1 AND open_cents > 0 AND due_on < $2 ORDER BY due_on, number
"""
