"""Where an overdue account is: what happened, what comes and when, what it costs and what can be done."""

from __future__ import annotations

from litestar import Response, get

from portal import clock
from portal.billing.open_items import can_be_paid_alone
from portal.billing.upn.order import UpnOrder
from portal.billing.upn.orders import of_overdue
from portal.dunning.view.place import place_of
from portal.dunning.view.standing import Standing, standing_of
from portal.dunning.view.timeline import CaseStory, story_of
from portal.dunning.view.words import words_ahead, words_of
from portal.money import Money
from portal.web.guards import signed_in
from portal.web.pages import page
from portal.web.requests import PortalRequest


@get("/overdue", guards=[signed_in])
async def timeline(request: PortalRequest) -> Response[bytes]:
    account = request.viewer.account
    today = clock.day_of(request.at)
    standing = await standing_of(account, today)
    upn = await of_overdue(account, today, request.language) if standing.overdue else None
    return timeline_page(request, standing, await story_of(account), upn)


def timeline_page(
    request: PortalRequest, standing: Standing, story: CaseStory | None, upn: UpnOrder | None
) -> Response[bytes]:
    """`past`, `ahead`: each with its words; of a case that is over only while the services are being switched on."""
    is_told = story is not None and (standing.is_reconnecting or not story.is_over)
    return page(
        request,
        "dunning/timeline.html",
        nav="bills",
        today=clock.day_of(request.at),
        standing=standing,
        place=place_of(standing),
        amount=to_pay(standing),
        upn=upn,
        upn_path="/upn/overdue",
        story=story,
        past=[(past, words_of(past)) for past in story.past] if story and is_told else [],
        ahead=[(move, words_ahead(move)) for move in standing.ahead],
    )


def to_pay(standing: Standing) -> Money:
    """What the button pays: the sum of `portal.billing.open_items.to_pay_now`."""
    return standing.owed if can_be_paid_alone(standing.owed) else standing.open


ROUTES = [timeline]
