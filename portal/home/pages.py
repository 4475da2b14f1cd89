"""The first page: the one thing that matters to this customer today stands first."""

from __future__ import annotations

from functools import partial
from itertools import groupby

from litestar import Response, get

from portal import clock
from portal.billing import open_items
from portal.billing.upn.order import UpnOrder
from portal.billing.upn.orders import of_overdue
from portal.customers import quantities
from portal.dunning.view.place import place_of
from portal.dunning.view.standing import LineStanding, Standing, standing_of
from portal.dunning.view.words import words_ahead
from portal.home.overview import Overview, overview_of
from portal.usage.age import is_stale
from portal.usage.glance import Glance, glance_at
from portal.web.guards import signed_in
from portal.web.pages import page
from portal.web.requests import PortalRequest


@get("/", guards=[signed_in])
async def home(request: PortalRequest) -> Response[bytes]:
    account = request.viewer.account
    today = clock.day_of(request.at)
    standing = await standing_of(account, today)
    upn = await of_overdue(account, today, request.language) if standing.overdue else None
    glance = await glance_at(account.id, [line.number for line in standing.lines if not line.off], today)
    overview = await overview_of(account, request.viewer.customers, request.at)
    return home_page(request, standing, overview, upn, glance)


def home_page(
    request: PortalRequest, standing: Standing, overview: Overview, upn: UpnOrder | None, glance: Glance
) -> Response[bytes]:
    today = clock.day_of(request.at)
    to_pay = open_items.to_pay_now(overview.unpaid, today)
    return page(
        request,
        "home/home.html",
        nav="home",
        today=today,
        standing=standing,
        place=place_of(standing),
        next_words=words_ahead(standing.next_step) if standing.next_step else None,
        barred=alike([line for line in standing.lines if line.off]),
        overview=overview,
        overdue=open_items.overdue(overview.unpaid, today),
        to_pay=to_pay,
        amount=open_items.still_open(to_pay),
        upn=upn,
        upn_path="/upn/overdue",
        glance=glance,
        sign_within=int((overview.to_sign.until - request.at).total_seconds()) if overview.to_sign else None,
        is_stale=partial(is_stale, at=request.at),
        used=partial(quantities.total, language=request.language),
        amount_of=partial(quantities.amount_of, language=request.language),
    )


def alike(lines: list[LineStanding]) -> list[list[LineStanding]]:
    """Lines of which the same is off, together: ten numbers of a company need not be told ten times."""
    ordered = sorted(lines, key=lambda line: (line.kind, line.profile))
    return [list(group) for _, group in groupby(ordered, key=lambda line: (line.kind, line.profile))]


ROUTES = [home]
