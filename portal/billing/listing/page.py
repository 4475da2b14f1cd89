"""The list of an account's bills: what is to pay, then all of them, or those somebody looks for."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from litestar import Response

from portal import clock
from portal.billing import open_items
from portal.billing.listing import filtering
from portal.billing.listing import reading as listing
from portal.billing.listing.chart import Chart, chart_of
from portal.billing.listing.filtering import NOTHING_ASKED, Filter
from portal.billing.listing.reading import Listed, Listing, Place
from portal.billing.tables import Bill
from portal.web.pages import page
from portal.web.requests import PortalRequest

FEW = 6
"""Up to so many bills are seen at a glance: nobody needs to search them."""
MANY_LINES = 20
"""More are not chosen from a list: one of them is typed."""


async def bills(request: PortalRequest) -> Response[bytes]:
    asked, before = filtering.read(request.query_params), Place.read(request.query_params.get("before", ""))
    today = clock.day_of(request.at)
    understood = NOTHING_ASKED if asked.errors else asked
    start = before or Place(today + timedelta(days=1), "")
    found = await listing.bills_of(request.viewer.account, understood, start, today)
    if not asked.is_of_one_of((line.id, line.number) for line in found.lines):
        asked = asked.with_error("line", filtering.NOT_A_LINE_OF_THIS_ACCOUNT)
    return bills_page(request, found, asked, is_first=before is None)


def bills_page(request: PortalRequest, found: Listing, asked: Filter, *, is_first: bool) -> Response[bytes]:
    """What is still to pay stands first, unless something is looked for: then what was found does."""
    today, unpaid = clock.day_of(request.at), found.unpaid
    to_pay = open_items.to_pay_now([row.bill for row in unpaid], today)
    is_plain = is_first and not asked.is_on
    return page(
        request,
        "billing/bills.html",
        status=400 if asked.errors else 200,
        nav="bills",
        blocks=("results",),
        today=today,
        found=found,
        asked=asked,
        unpaid=unpaid if is_plain else (),
        to_pay=open_items.still_open(to_pay),
        under_way=under_way(unpaid, to_pay),
        chart=chart(request, found) if is_plain else None,
        has_many_lines=len(found.lines) > MANY_LINES,
        can_search=asked.is_on or found.found > FEW,
        older=asked.address(before=found.older) if found.older else None,
    )


def under_way(unpaid: list[Listed], to_pay: list[Bill]) -> UUID | None:
    """The attempt that pays some of it already."""
    bills = {bill.id for bill in to_pay}
    return next((row.under_way for row in unpaid if row.under_way and row.bill.id in bills), None)


def chart(request: PortalRequest, found: Listing) -> Chart | None:
    """None where there is no other month to compare with."""
    drawn = chart_of(found.by_month, clock.day_of(request.at), request.language)
    return drawn if sum(bool(month.total) for month in drawn.months) > 1 else None
