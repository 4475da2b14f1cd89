"""The bills of an account, and one of them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath

from portal import clock
from portal.billing import reading, vat
from portal.billing.tables import Bill, BillLine
from portal.refusals import NotFound
from portal.web.guards import signed_in
from portal.web.pages import page
from portal.web.requests import PortalRequest


class BillPages(Controller):
    path = "/bills"
    guards = (signed_in,)

    @get()
    async def bills(self, request: PortalRequest) -> Response[bytes]:
        account = request.viewer.account
        unpaid = await reading.open_bills(account)
        issued, older = await reading.bills_before(account, asked_day(request))
        return bills_page(request, unpaid, issued, older)

    @get("/{bill_id:uuid}")
    async def bill(self, request: PortalRequest, bill_id: FromPath[UUID]) -> Response[bytes]:
        bill = await Bill.of(request.viewer.account).where(Bill.id == bill_id).first()
        if bill is None:
            raise NotFound
        return bill_page(request, bill, await reading.lines_of(bill))


def bills_page(request: PortalRequest, unpaid: list[Bill], issued: list[Bill], older: date | None) -> Response[bytes]:
    """What is still to pay stands first; then all bills by month. `older`: where the next page goes on."""
    today = clock.day_of(request.at)
    return page(
        request,
        "billing/bills.html",
        nav="bills",
        today=today,
        unpaid=unpaid,
        to_pay=reading.still_open(reading.to_pay_now(unpaid, today)),
        issued=issued,
        older=older,
    )


def bill_page(request: PortalRequest, bill: Bill, lines: list[BillLine]) -> Response[bytes]:
    return page(
        request,
        "billing/bill.html",
        nav="bills",
        today=clock.day_of(request.at),
        bill=bill,
        lines=lines,
        vat=vat.by_rate(lines),
    )


def asked_day(request: PortalRequest) -> date:
    """`?before=2026-03-01`, else tomorrow; what is not a day counts as not asked for."""
    try:
        return date.fromisoformat(request.query_params.get("before", ""))
    except ValueError:
        return clock.day_of(request.at) + timedelta(days=1)
