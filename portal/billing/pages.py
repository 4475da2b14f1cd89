"""The bills of an account, and one of them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath

from portal import clock
from portal.billing import open_items, reading, vat
from portal.billing.tables import BillLine
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

    @get("/{document:str}")
    async def bill(self, request: PortalRequest, document: FromPath[str]) -> Response[bytes]:
        """The page of a bill, `<id>`, and what can be kept of it under the same name: `<id>.pdf`."""
        faced = await reading.bill_of(request.viewer.account, bill_id_of(document), clock.day_of(request.at))
        if faced is None:
            raise NotFound
        return bill_page(request, faced, await reading.lines_of(faced.bill))


def bill_id_of(name: str) -> UUID:
    """Only as we write it."""
    try:
        bill_id = UUID(name)
    except ValueError:
        raise NotFound from None
    if str(bill_id) != name:
        raise NotFound
    return bill_id


def bills_page(request: PortalRequest, bills: reading.Bills) -> Response[bytes]:
    """What is still to pay stands first; then all bills by month."""
    today = clock.day_of(request.at)
    to_pay = open_items.to_pay_now(bills.unpaid, today)
    return page(
        request,
        "billing/bills.html",
        nav="bills",
        today=today,
        bills=bills,
        to_pay=open_items.still_open(to_pay),
        under_way=next((bills.under_way[bill.id] for bill in to_pay if bill.id in bills.under_way), None),
    )


def bill_page(request: PortalRequest, faced: reading.Faced, lines: list[BillLine]) -> Response[bytes]:
    today = clock.day_of(request.at)
    return page(
        request,
        "billing/bill.html",
        nav="bills",
        today=today,
        bill=faced.bill,
        under_way=faced.under_way,
        overdue=None if faced.is_all_overdue(today) else faced.overdue,
        is_suspended=faced.is_suspended,
        lines=lines,
        vat=vat.by_rate(lines),
    )


def asked_place(request: PortalRequest) -> reading.Place:
    """Where `?before=` says, else before whatever is issued from tomorrow on."""
    place = reading.Place.read(request.query_params.get("before", ""))
    return place or reading.Place(clock.day_of(request.at) + timedelta(days=1), "")
