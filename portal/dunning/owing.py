"""Whether a bill is still owed, asked so that no payment can come in between."""

from __future__ import annotations

from datetime import date

from asyncpg import Connection

from portal.billing.tables import Bill
from portal.customers.locking import lock_account
from portal.customers.tables import Account
from portal.money import Money


async def is_still_owed(connected: Connection, account: Account, bill: Bill, today: date) -> bool:
    """Lock the account, as booking a payment does, then look whether this bill of it is open and overdue."""
    await lock_account(connected, account.id)
    return bool(await connected.fetchval(OWED, bill.id, account.id, today))


async def overdue_of(connected: Connection, account: Account, today: date) -> Money:
    return Money(await connected.fetchval(OVERDUE, account.id, today))


OWED = "SELECT true FROM bills WHERE id = $1 AND account = $2 AND open_cents > 0 AND due_on < $3"
OVERDUE = "SELECT coalesce(sum(open_cents), 0)::bigint FROM bills WHERE account = $1 AND due_on < $2"
