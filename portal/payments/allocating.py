"""Settling bills with a payment's money. Everything here runs in a transaction that holds the account's lock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from portal import clock
from portal.billing.tables import Bill
from portal.jobs import enqueue
from portal.money import Money
from portal.payments.sharing import Meant, share_out
from portal.payments.tables import Allocation, Payment


class BillMoved(Exception):
    """A bill changed although its account was locked: nothing is booked, and booking is tried again."""


async def settle(
    connected: Connection, payment: Payment, amount: Money, meant: Meant, *, at: datetime, reversal: UUID | None = None
) -> None:
    """Share money out over the account's bills at what is open of them now; what none needs is credit."""
    shares, rest = share_out(amount, await open_bills(payment.account), meant, clock.day_of(at))
    for share in shares:
        await allocate(connected, payment.id, share.bill, share.amount, at=at, reversal=reversal)
    if rest.is_positive:
        await connected.execute(MORE_CREDIT, payment.account, payment.id, rest.cents)


async def open_bills(account: UUID) -> list[Bill]:
    return await Bill.objects().where(Bill.account == account, Bill.open_cents > 0)


async def allocate(
    connected: Connection, payment: UUID, bill: UUID, amount: Money, *, at: datetime, reversal: UUID | None = None
) -> None:
    """Settle a part of a bill, or with a negative amount open it again. The WHERE is the lock."""
    if await connected.fetchval(MOVE_OPEN, bill, amount.cents, at) is None:
        raise BillMoved(bill)
    await Allocation(payment=payment, bill=bill, reversal=reversal, amount_cents=amount.cents, at=at).save()


async def withdraw_overtaken(connected: Connection, account: UUID) -> None:
    """Payment pages still open elsewhere that ask for what is paid now: they are closed, so that nobody pays twice.

    Those too that would settle what is disputed of a bill, now that the rest of it is paid.
    """
    for row in await connected.fetch(OVERTAKEN, account):
        await enqueue("payments.withdraw", attempt=str(row["id"]))


MOVE_OPEN = """
    UPDATE bills SET open_cents = open_cents - $2, settled_at = CASE WHEN open_cents = $2 THEN $3::timestamptz END
    WHERE id = $1 AND open_cents - $2 BETWEEN 0 AND total_cents
    RETURNING open_cents
"""
MORE_CREDIT = """
    INSERT INTO credits (id, account, payment, amount_cents) VALUES (gen_random_uuid(), $1, $2, $3)
    ON CONFLICT (payment) DO UPDATE SET amount_cents = credits.amount_cents + excluded.amount_cents
"""
OVERTAKEN = """
    SELECT DISTINCT a.id FROM payment_attempts a
    JOIN attempt_bills ab ON ab.attempt = a.id
    JOIN bills b ON b.id = ab.bill
    WHERE a.account = $1 AND a.state IN ('created', 'open')
      AND greatest(b.open_cents - b.disputed_cents, 0) < ab.amount_cents
"""
