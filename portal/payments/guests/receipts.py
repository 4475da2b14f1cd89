"""The receipt by e-mail, to the address that whoever paid gave for it. It tells nothing of whose bills they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.database import transaction
from portal.jobs import enqueue
from portal.messaging.sending import Told, send_email
from portal.money import Money
from portal.payments.guests.owed import initials
from portal.payments.tables import Payment, PaymentAttempt
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class Receipt:
    """A payment as its receipt tells it. `email` is None where nobody wants one."""

    id: UUID
    number: int
    booked_at: datetime
    amount_cents: int
    method: str
    card: str | None
    email: str | None
    language: str
    name: str

    @property
    def shown_number(self) -> str:
        return f"P-{self.booked_at.year}-{self.number:06d}"


async def send_later(attempt: PaymentAttempt, payment: Payment) -> None:
    """In the transaction that books the payment."""
    if attempt.receipt_email is not None:
        await enqueue("payments.send_receipt", payment=str(payment.id))


async def send_receipt(payment: UUID, *, at: datetime) -> None:
    """Once, however often it is asked for."""
    receipt = await RECEIPT.first(payment=payment)
    if receipt is None or receipt.email is None:
        return
    values = {
        "number": receipt.shown_number,
        "amount": Money(receipt.amount_cents),
        "paid_at": receipt.booked_at,
        "method": receipt.method,
        "card": receipt.card,
        "initials": initials(receipt.name),
    }
    told = Told("payment_receipt", receipt.language, values, once=f"receipt {receipt.id}")
    async with transaction():
        await send_email(told, receipt.email, at=at)


RECEIPT = Statement(
    """
    SELECT p.id, p.number, p.booked_at, p.amount_cents, p.method, p.card, t.receipt_email AS email, t.language, c.name
    FROM payments p
    JOIN payment_attempts t ON t.id = p.attempt
    JOIN accounts a ON a.id = p.account
    JOIN customers c ON c.id = a.customer
    WHERE p.id = $1
    """,
    Receipt,
    ("payment",),
)
