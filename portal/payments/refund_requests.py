"""The end of a request to pay credit back, and what its customer is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from portal.dunning.contacting import contact_of
from portal.dunning.telling import tell
from portal.messaging.sending import Told
from portal.payments.tables import RefundRequest, RefundState
from portal.statements import row_of


async def close_request(
    connected: Connection,
    request: UUID,
    state: RefundState,
    *,
    decided_by: str,
    reason: str | None = None,
    at: datetime,
) -> RefundRequest | None:
    """None when it does not wait any more. The WHERE is the lock.

    Refused without a reason: the payment that the credit came from went back to whoever had paid it.
    """
    row = await connected.fetchrow(CLOSE, request, state, at, decided_by, reason)
    return row_of(RefundRequest, row.items()) if row else None


async def tell_paid(request: RefundRequest, *, at: datetime) -> None:
    """The account is named by its last digits only: a message is read by whoever holds the phone."""
    await tell_of(request, "refund_paid", {"account_ends": request.iban[-4:]}, at)


async def tell_refused(request: RefundRequest, *, at: datetime) -> None:
    await tell_of(request, "refund_refused", {"because": request.reason}, at)


async def tell_of(request: RefundRequest, template: str, values: dict[str, object], at: datetime) -> None:
    contact = await contact_of(request.account)
    values = {**values, "amount": request.amount}
    told = Told(template, contact.language, values, customer=contact.customer, once=f"{template} {request.id}")
    await tell(contact, told, at=at)


CLOSE = """
    UPDATE refund_requests SET state = $2, decided_at = $3, decided_by = $4, reason = $5
    WHERE id = $1 AND state = 'asked' RETURNING *
"""
