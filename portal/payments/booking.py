"""Booking money that came: one transaction from the payment to the order that reconnects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from portal.audit import Event, note
from portal.customers.locking import lock_account
from portal.database import transaction
from portal.dunning.settling import owed_changed
from portal.money import Money
from portal.payments.allocating import settle, withdraw_overtaken
from portal.payments.credit import spend
from portal.payments.guests import receipts
from portal.payments.sharing import Meant
from portal.payments.tables import AttemptBill, Method, Payment, PaymentAttempt


@dataclass(frozen=True, slots=True)
class Received:
    """Money that is with us for certain. `id` is unique to it for ever."""

    id: str
    amount: Money
    method: Method
    card: str | None = None


async def book(attempt: PaymentAttempt, received: Received, *, at: datetime) -> bool:
    """Book what an attempt brought in: first what it meant to pay, then what else is overdue or open; the rest is
    credit.

    Safe to repeat and to run in parallel: False when this money has been booked already.
    """
    async with transaction() as connected:
        await lock_account(connected, attempt.account)
        payment = await insert_payment(attempt.account, received, at, attempt.id)
        if payment is None:
            return False
        await connected.execute(PAID, attempt.id, at)
        await take_in(connected, payment, await meant_by(attempt), at, login=attempt.login)
        await receipts.send_later(attempt, payment)
        return True


async def book_for(account: UUID, received: Received, first: Sequence[UUID], *, at: datetime) -> Payment | None:
    """Book money that came without an attempt, for the bills `first` if any; None when it was booked already.

    Joins the caller's transaction if one runs.
    """
    async with transaction() as connected:
        await lock_account(connected, account)
        payment = await insert_payment(account, received, at)
        if payment is not None:
            await take_in(connected, payment, dict.fromkeys(first, received.amount), at)
        return payment


async def meant_by(attempt: PaymentAttempt) -> Meant:
    rows = await AttemptBill.select(AttemptBill.bill, AttemptBill.amount_cents).where(AttemptBill.attempt == attempt.id)
    return {row["bill"]: Money(row["amount_cents"]) for row in rows}


async def insert_payment(
    account: UUID, received: Received, at: datetime, attempt: UUID | None = None
) -> Payment | None:
    """None when there is one already: the unique `external_id` decides, whoever asks and however often."""
    payment = Payment(
        account=account,
        attempt=attempt,
        method=received.method,
        card=received.card,
        external_id=received.id,
        amount_cents=received.amount.cents,
        booked_at=at,
    )
    inserted = await Payment.insert(payment).on_conflict(Payment.external_id, "DO NOTHING").returning(Payment.id)
    return payment if inserted else None


async def take_in(
    connected: Connection, payment: Payment, meant: Meant, at: datetime, *, login: UUID | None = None
) -> None:
    """Settle with it and let follow what follows. Credit that stood beside open bills from before is used as well."""
    await settle(connected, payment, payment.amount, meant, at=at)
    await spend(connected, payment.account, at)
    await withdraw_overtaken(connected, payment.account)
    await note(
        Event.PAYMENT_BOOKED,
        login=login,
        account=payment.account,
        payment=str(payment.id),
        cents=payment.amount_cents,
    )
    await reconnect(payment, f"paid by {payment.method}", at)


async def reconnect(payment: Payment, reason: str, at: datetime) -> None:
    await owed_changed(payment.account, payment=payment.id, reason=reason, decided_by="payments", at=at)


PAID = "UPDATE payment_attempts SET state = 'paid', failure = NULL, updated_at = $2 WHERE id = $1"
