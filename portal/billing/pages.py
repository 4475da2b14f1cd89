"""The bills of an account, and one of them."""

from __future__ import annotations

from datetime import timedelta
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
        return bills_page(request, await reading.bills_of(request.viewer.account, asked_place(request)))

    @get("/{bill_id:uuid}")
    async def bill(self, request: PortalRequest, bill_id: FromPath[UUID]) -> Response[bytes]:
        bill = await Bill.of(request.viewer.account).where(Bill.id == bill_id).first()
        if bill is None:
            raise NotFound
        return bill_page(request, bill, await reading.lines_of(bill))


def bills_page(request: PortalRequest, bills: reading.Bills) -> Response[bytes]:
    """What is still to pay stands first; then all bills by month."""
    today = clock.day_of(request.at)
    return page(
        request,
        "billing/bills.html",
        nav="bills",
        today=today,
        bills=bills,
        to_pay=reading.still_open(reading.to_pay_now(bills.unpaid, today)),
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


def asked_place(request: PortalRequest) -> reading.Place:
    """Where `?before=` says, else before whatever is issued from tomorrow on."""
    place = reading.Place.read(request.query_params.get("before", ""))
    return place or reading.Place(clock.day_of(request.at) + timedelta(days=1), "")
