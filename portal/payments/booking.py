"""Booking money that came: one transaction from the payment to the order that reconnects."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from portal import clock
from portal.audit import Event, note
from portal.billing.tables import Bill
from portal.customers.locking import lock_account
from portal.database import transaction
from portal.dunning.settling import owed_changed
from portal.jobs import enqueue
from portal.money import Money
from portal.payments.sharing import in_order_of_payment, share_out
from portal.payments.tables import Allocation, AttemptBill, Method, Payment, PaymentAttempt


@dataclass(frozen=True, slots=True)
class Received:
    """Money that is with us for certain. `id` is unique to it for ever."""

    id: str
    amount: Money
    method: Method
    card: str | None = None


class BillMoved(Exception):
    """A bill changed although its account was locked: nothing is booked, and booking is tried again."""


async def book(attempt: PaymentAttempt, received: Received, *, at: datetime) -> bool:
    """Book what an attempt brought in: its bills first, then what else is overdue, the rest as credit.

    Safe to repeat and to run in parallel: False when this money has been booked already.
    """
    async with transaction() as connected:
        await lock_account(connected, attempt.account)
        payment = await insert_payment(attempt, received, at)
        if payment is None:
            return False
        meant = await AttemptBill.select(AttemptBill.bill).where(AttemptBill.attempt == attempt.id)
        await settle(connected, payment, received.amount, [row["bill"] for row in meant], at=at)
        await connected.execute(PAID, attempt.id, at)
        await withdraw_overtaken(connected, attempt.account)
        await note(
            Event.PAYMENT_BOOKED,
            login=attempt.login,
            account=attempt.account,
            payment=str(payment.id),
            cents=payment.amount_cents,
        )
        await reconnect(payment, f"paid by {payment.method}", at)
        return True


async def insert_payment(attempt: PaymentAttempt, received: Received, at: datetime) -> Payment | None:
    """None when there is one already: the unique `external_id` decides, whoever asks and however often."""
    payment = Payment(
        account=attempt.account,
        attempt=attempt.id,
        method=received.method,
        card=received.card,
        external_id=received.id,
        amount_cents=received.amount.cents,
        booked_at=at,
    )
    inserted = await Payment.insert(payment).on_conflict(Payment.external_id, "DO NOTHING").returning(Payment.id)
    return payment if inserted else None


async def settle(
    connected: Connection,
    payment: Payment,
    amount: Money,
    first: Collection[UUID],
    *,
    at: datetime,
    reversal: UUID | None = None,
) -> None:
    """Share money out over the account's bills at what is open of them now; what none needs is credit."""
    unpaid = await Bill.objects().where(Bill.account == payment.account, Bill.open_cents > 0)
    today = clock.day_of(at)
    payable = [bill for bill in unpaid if bill.id in first or bill.is_overdue(today)]
    shares, rest = share_out(amount, in_order_of_payment(payable, first))
    for share in shares:
        await allocate(connected, payment, share.bill, share.amount, at=at, reversal=reversal)
    if rest.is_positive:
        await connected.execute(MORE_CREDIT, payment.account, payment.id, rest.cents)


async def allocate(
    connected: Connection, payment: Payment, bill: UUID, amount: Money, *, at: datetime, reversal: UUID | None = None
) -> None:
    """Settle a part of a bill, or with a negative amount open it again. The WHERE is the lock."""
    if await connected.fetchval(MOVE_OPEN, bill, amount.cents, at) is None:
        raise BillMoved(bill)
    await Allocation(payment=payment.id, bill=bill, reversal=reversal, amount_cents=amount.cents, at=at).save()


async def withdraw_overtaken(connected: Connection, account: UUID) -> None:
    """Payment pages still open elsewhere that ask for what is paid now: they are closed, so that nobody pays twice."""
    for row in await connected.fetch(OVERTAKEN, account):
        await enqueue("payments.withdraw", attempt=str(row["id"]))


async def reconnect(payment: Payment, reason: str, at: datetime) -> None:
    await owed_changed(payment.account, payment=payment.id, reason=reason, decided_by="payments", at=at)


MOVE_OPEN = """
    UPDATE bills SET open_cents = open_cents - $2, settled_at = CASE WHEN open_cents = $2 THEN $3::timestamptz END
    WHERE id = $1 AND open_cents - $2 BETWEEN 0 AND total_cents
    RETURNING open_cents
"""
MORE_CREDIT = """
    INSERT INTO credits (id, account, payment, amount_cents) VALUES (gen_random_uuid(), $1, $2, $3)
    ON CONFLICT (payment) DO UPDATE SET amount_cents = credits.amount_cents + excluded.amount_cents
"""
PAID = "UPDATE payment_attempts SET state = 'paid', failure = NULL, updated_at = $2 WHERE id = $1"
OVERTAKEN = """
    SELECT DISTINCT a.id FROM payment_attempts a
    JOIN attempt_bills ab ON ab.attempt = a.id
    JOIN bills b ON b.id = ab.bill
    WHERE a.account = $1 AND a.state IN ('created', 'open')
      AND b.open_cents < ab.amount_cents
"""
