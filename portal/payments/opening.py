"""Opening the payment page of an attempt at Stripe."""

from __future__ import annotations

from datetime import datetime, timedelta

from asyncpg import Record

from portal.database import connection
from portal.money import Money
from portal.payments import card
from portal.payments.checkout import Item, Order
from portal.payments.tables import PaymentAttempt
from portal.settings import settings
from portal.web.wording import long_date, say

LIFETIME = timedelta(minutes=60)
"""How long a payment page can be paid. Stripe wants 30 minutes at least, counted from when it hears of it."""


async def open_page(attempt: PaymentAttempt, at: datetime) -> None:
    """Asking Stripe again makes no second page: the attempt's id is the idempotency key."""
    await PaymentAttempt.update({PaymentAttempt.updated_at: at}).where(PaymentAttempt.id == attempt.id)
    session = await card.open_session(await order_of(attempt))
    async with connection() as connected:
        await connected.execute(OPENED, attempt.id, session.id, session.url)


async def order_of(attempt: PaymentAttempt) -> Order:
    """The same however often it is asked for, whatever was paid meanwhile."""
    async with connection() as connected:
        rows = await connected.fetch(ITEMS, attempt.id)
        email = attempt.receipt_email or await connected.fetchval(EMAIL, attempt.id)
    items = [Item(item_name(attempt, row), Money(row["amount_cents"])) for row in rows]
    if len(items) >= card.MOST_LINES:
        items = [Item(say(attempt.language, "Unpaid bills"), attempt.amount - attempt.advance)]
    if attempt.advance:
        items.append(Item(say(attempt.language, "Paid ahead"), attempt.advance))
    return Order(
        attempt=attempt.id,
        items=items,
        language=attempt.language,
        email=email,
        expires_at=attempt.created_at + LIFETIME,
        success_url=settings().link("/payments/return?session_id={CHECKOUT_SESSION_ID}"),
        cancel_url=settings().link(f"/payments/return?attempt={attempt.id}"),
    )


def item_name(attempt: PaymentAttempt, row: Record) -> str:
    """A guest reads no number of a bill, on Stripe's page either."""
    if attempt.login is None:
        return say(attempt.language, "Amount due on %(day)s", day=long_date(row["due_on"], attempt.language))
    return say(attempt.language, "Bill %(number)s", number=row["number"])


OPENED = """
    UPDATE payment_attempts SET stripe_session = $2, checkout_url = $3,
        state = CASE WHEN state = 'created' THEN 'open' ELSE state END
    WHERE id = $1
"""
ITEMS = """
    SELECT b.number, b.due_on, ab.amount_cents FROM attempt_bills ab JOIN bills b ON b.id = ab.bill
    WHERE ab.attempt = $1 ORDER BY b.due_on, b.number
"""
EMAIL = "SELECT l.email FROM payment_attempts a JOIN logins l ON l.id = a.login WHERE a.id = $1"
