"""The page of one bill: what is open, what changed, what it is made of."""

from __future__ import annotations

from functools import partial

from litestar import Response

from portal import clock
from portal.billing import vat
from portal.billing.grouping import grouped, having
from portal.billing.open_items import asked_of
from portal.billing.positions import Position
from portal.billing.showing import change_words
from portal.billing.showing.changes import changes
from portal.billing.showing.reading import OneBill, Positions
from portal.billing.upn.order import order_of_bill
from portal.customers import quantities
from portal.web.pages import page
from portal.web.requests import PortalRequest

FEW = 3
"""So many groups stand open; of more, only the first."""
MANY = 8
"""From so many groups on, one can look for a number."""
TOLD = 6
"""So many changes are told at once, the largest."""


def bill_page(request: PortalRequest, one: OneBill, positions: Positions) -> Response[bytes]:
    today = clock.day_of(request.at)
    groups = grouped(positions.now, one.allowances)
    looked_for = request.query_params.get("number", "")[:20]
    changed = changes(*positions) if one.last else []
    return page(
        request,
        "billing/bill.html",
        nav="bills",
        blocks=("groups",),
        today=today,
        one=one,
        bill=one.bill,
        asked=asked_of(one.bill),
        overdue=None if one.is_all_overdue(today) else one.overdue,
        numbers=numbers_of([*positions.now, *positions.then]),
        changed=changed[:TOLD],
        smaller=changed[TOLD:],
        groups=having(groups, looked_for),
        looked_for=looked_for,
        is_long=len(groups) > MANY,
        are_open=len(groups) <= FEW,
        vat=vat.by_rate(positions.now),
        words=change_words,
        upn=order_of_bill(one.bill, one.payer, request.language),
        upn_path=f"/upn/{one.bill.id}",
        used=partial(quantities.total, language=request.language),
    )


def numbers_of(positions: list[Position]) -> dict[object, Position]:
    """Line → a position of it, for its number."""
    return {position.line: position for position in positions if position.number}
