"""The history of payments, and one that came without a payment page: by the bank, or as a credit note."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath

from portal.payments import history, progress, received
from portal.payments.receipts import receipt_page
from portal.payments.received import BookedPayment
from portal.refusals import NotFound
from portal.web.guards import signed_in
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest

LAST_PAGE = 500


class History(Controller):
    path = "/payments"
    guards = (signed_in,)

    @get()
    async def payments(self, request: PortalRequest) -> Response[bytes]:
        number = asked_page(request)
        payments, has_older = await history.history_of(request.viewer.account, number, request.at)
        return page(
            request,
            "payments/history.html",
            nav="bills",
            payments=payments,
            newer=f"/payments?page={number - 1}" if number > 1 else None,
            older=f"/payments?page={number + 1}" if has_older else None,
        )

    @get("/received/{payment_id:uuid}")
    async def payment(self, request: PortalRequest, payment_id: FromPath[UUID]) -> Response[bytes]:
        """A payment with a page of its own is shown there."""
        payment = await payment_seen(request, payment_id)
        if payment.attempt is not None:
            return see_other(request, payment.path)
        return page(
            request,
            "payments/received.html",
            nav="bills",
            payment=payment,
            bills=await progress.settled_bills(payment.id),
            is_looked_at=payment.account == request.viewer.account.id,
        )

    @get("/received/{payment_id:uuid}/receipt")
    async def receipt(self, request: PortalRequest, payment_id: FromPath[UUID]) -> Response[bytes]:
        payment = await payment_seen(request, payment_id)
        if payment.is_credit_note:
            raise NotFound
        return await receipt_page(request, payment)


def asked_page(request: PortalRequest) -> int:
    """Counted from 1, which anything else than a number means too."""
    asked = request.query_params.get("page", "")
    return min(max(1, int(asked)), LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1


async def payment_seen(request: PortalRequest, payment_id: UUID) -> BookedPayment:
    payment = await received.payment_of(payment_id, [row.account_id for row in request.viewer.accounts])
    if payment is None:
        raise NotFound
    return payment


ROUTES = [History]
