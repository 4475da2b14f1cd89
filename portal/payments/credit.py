"""Credit: money that no bill needed yet. It is used at once where something undisputed is open."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from portal.audit import Event, note
from portal.customers.locking import lock_account
from portal.database import connection, transaction
from portal.dunning.settling import owed_changed
from portal.money import ZERO, Money
from portal.payments.allocating import allocate, open_bills, withdraw_overtaken
from portal.payments.sharing import Share, in_order, use_up

MOST = 5_000


async def use_credit(account: UUID, *, at: datetime) -> Money:
    """Settle what is open and undisputed, the longest due first, from the account's credit. Returns what was used.

    To be called in the transaction that changed what is open, with the account locked.
    """
    async with connection() as connected:
        used = await spend(connected, account, at)
        if used.is_positive:
            await withdraw_overtaken(connected, account)
            await owed_changed(account, payment=None, reason="credit was used", decided_by="payments", at=at)
    return used


async def use_credit_alone(account: UUID, *, at: datetime) -> Money:
    """The same in a transaction of its own."""
    async with transaction() as connected:
        await lock_account(connected, account)
        return await use_credit(account, at=at)


async def idle_credits() -> list[UUID]:
    """Accounts, at most a few thousand, whose credit something undisputed needs."""
    async with connection() as connected:
        return [row["account"] for row in await connected.fetch(IDLE, MOST)]


async def spend(connected: Connection, account: UUID, at: datetime) -> Money:
    """Use it, without what follows from that."""
    left = [(row["payment"], Money(row["amount_cents"])) for row in await connected.fetch(LEFT, account)]
    if not left:
        return ZERO
    wanted = [Share(bill.id, bill.undisputed) for bill in in_order(await open_bills(account))]
    uses = use_up(left, wanted)
    for use in uses:
        await connected.execute(LESS_CREDIT, use.payment, use.amount.cents)
        await allocate(connected, use.payment, use.bill, use.amount, at=at)
    used = Money.sum(use.amount for use in uses)
    if used.is_positive:
        await note(Event.CREDIT_USED, account=account, cents=used.cents)
    return used


# The oldest first. `credits_amount_is_not_negative` is what no mistake gets past.
LEFT = """
    SELECT c.payment, c.amount_cents FROM credits c JOIN payments p ON p.id = c.payment
    WHERE c.account = $1 AND c.amount_cents > 0 ORDER BY p.booked_at, p.number
"""
LESS_CREDIT = "UPDATE credits SET amount_cents = amount_cents - $2 WHERE payment = $1"
IDLE = """
    SELECT DISTINCT account FROM credits c
    WHERE amount_cents > 0
      AND EXISTS (SELECT FROM bills WHERE account = c.account AND open_cents > 0 AND open_cents > disputed_cents)
    LIMIT $1
"""
