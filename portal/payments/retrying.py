"""Paying once more what an attempt meant to pay."""

from __future__ import annotations

from uuid import UUID

from portal.billing.tables import Bill
from portal.payments.booking import meant_by
from portal.payments.tables import PaymentAttempt
from portal.payments.wishes import Wish
from portal.refusals import NotFound


async def wish_of(attempt_id: UUID) -> Wish:
    """The same bills and parts of them, at most what is open of each by now, and the same ahead."""
    attempt = await PaymentAttempt.objects().get(PaymentAttempt.id == attempt_id)
    if attempt is None:
        raise NotFound
    meant = await meant_by(attempt)
    unpaid = await Bill.objects().where(Bill.id.is_in(list(meant)), Bill.open_cents > 0) if meant else []
    parts = {bill.id: min(meant[bill.id], bill.open) for bill in unpaid}
    return Wish(tuple(meant), parts, attempt.advance)
