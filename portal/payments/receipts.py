"""The receipt of a booked payment."""

from __future__ import annotations

from litestar import Response

from portal.payments import progress
from portal.payments.received import BookedPayment
from portal.web.pages import page
from portal.web.requests import PortalRequest


async def receipt_page(request: PortalRequest, payment: BookedPayment) -> Response[bytes]:
    account = next(row for row in request.viewer.accounts if row.account_id == payment.account)
    bills = await progress.settled_bills(payment.id)
    return page(request, "payments/receipt.html", nav="bills", payment=payment, account=account, bills=bills)
