"""Following money that went back: what Stripe says of refunds and disputes, read anew each time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal.payments import card
from portal.payments.fulfilling import fulfil
from portal.payments.reversing import apply_dispute, apply_refund
from portal.payments.tables import Payment, PaymentAttempt


async def follow_refunds(intent: str, *, at: datetime) -> None:
    """Every refund of a payment intent."""
    refunds = await card.refunds_of(intent)
    payment = await booked(intent, at=at)
    if payment is not None:
        for refund in refunds:
            await apply_refund(payment, refund, at=at)


async def follow_dispute(dispute_id: str, *, at: datetime) -> None:
    dispute = await card.dispute(dispute_id)
    payment = await booked(dispute.intent, at=at) if dispute.intent else None
    if payment is not None:
        await apply_dispute(payment, dispute, at=at)


async def booked(intent: str, *, at: datetime) -> Payment | None:
    """The payment of an intent, booked now if its own event is late. None: it is not ours, or held, or never was."""
    payment = await payment_of(intent)
    if payment is None and (attempt := await attempt_behind(intent)) and attempt.stripe_session:
        await fulfil(attempt.stripe_session, at=at)
        payment = await payment_of(intent)
    return payment


async def payment_of(intent: str) -> Payment | None:
    return await Payment.objects().where(Payment.external_id == intent).first()


async def attempt_behind(intent: str) -> PaymentAttempt | None:
    mark = await card.attempt_of_intent(intent)
    try:
        attempt_id = UUID(mark or "")
    except ValueError:
        return None
    return await PaymentAttempt.objects().where(PaymentAttempt.id == attempt_id).first()
