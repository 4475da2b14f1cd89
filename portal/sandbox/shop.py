"""`/sandbox/shop`: a stand-in for the operator's shop and for whoever identifies by video. It makes real orders."""

from __future__ import annotations

import secrets
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import FromPath
from pydantic import AfterValidator

from portal.refusals import N_, NotFound, Refusal
from portal.sandbox.shop_offers import OFFERS, on_sale, ordered
from portal.signing.orders.faults import Faulty, NoSuchOrder
from portal.signing.orders.identifying import NotAwaited, Report, identified
from portal.signing.orders.seen import latest
from portal.signing.orders.states import State
from portal.signing.orders.taking import Source, take
from portal.web.forms import Form, fill
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, UnreadableForm

PATH = "/sandbox/shop"
MOST = 12
STATES = {
    State.AWAITS_IDENTIFICATION: ("pending", N_("waits for video identification")),
    State.NOT_IDENTIFIED: ("cut", N_("not identified")),
    State.OPEN: ("due", N_("waits for the signature")),
    State.BLOCKED: ("cut", N_("signing is stopped")),
    State.ACCEPTED: ("pending", N_("is being signed")),
    State.SIGNED: ("ok", N_("signed")),
    State.DECLINED: ("cut", N_("declined")),
    State.EXPIRED: ("cut", N_("not signed in time")),
    State.WITHOUT_SIGNATURE: ("ok", N_("done without a signature")),
}
"""State of an order → its badge's tone and words."""


class NotSold(Refusal):
    """What was ordered so often that it makes no sense any more, such as a commitment for decades."""

    message = N_("This cannot be ordered for now.")


def known_offer(code: str) -> str:
    if code not in {offer.code for offer in OFFERS}:
        raise ValueError(code)
    return code


class OrderForm(Form):
    offer: Annotated[str, AfterValidator(known_offer)]


class IdentificationForm(Form):
    passed: Literal["yes", "no"]


@get(PATH, guards=[anyone])
async def shop(request: PortalRequest) -> Response[bytes]:
    return await shop_page(request)


@post(f"{PATH}/orders", guards=[anyone])
async def order(request: PortalRequest) -> Response[bytes]:
    """It leads to the mailbox that the link comes to; without a link to what was ordered."""
    filled = await fill(request, OrderForm)
    offers = await on_sale()
    offer = next((one for one in offers if filled.form and one.code == filled.form.offer), None)
    if offer is None:
        raise UnreadableForm
    arrived = await ordered(offer, request.at)
    try:
        taken = await take(arrived, source=Source.PORTAL, at=request.at)
    except Faulty:
        return await shop_page(request, refusal=NotSold())
    is_told = taken.envelope is not None or not arrived.needs_signature
    return see_other(request, mailbox(arrived.email) if is_told else f"{PATH}#orders")


@post(f"{PATH}/orders/{{number:str}}/identification", guards=[anyone])
async def identify(request: PortalRequest, number: FromPath[str]) -> Response[bytes]:
    """As whoever identifies by video would report it. Reported already, there is nothing more to say."""
    filled = await fill(request, IdentificationForm)
    if filled.form is None:
        raise UnreadableForm
    report = Report(passed=filled.form.passed == "yes", reference=f"VID-{secrets.token_hex(3).upper()}")
    try:
        with suppress(NotAwaited):
            await identified(number, report, request.at)
    except NoSuchOrder:
        raise NotFound from None
    return see_other(request, f"{PATH}#orders")


async def shop_page(request: PortalRequest, refusal: Refusal | None = None) -> Response[bytes]:
    return page(
        request,
        "sandbox/shop.html",
        status=refusal.status if refusal else HTTPStatus.OK,
        offers=await on_sale(),
        orders=await latest(Source.PORTAL, request.at, MOST),
        states=STATES,
        mailbox=mailbox,
        refusal=refusal,
    )


def mailbox(address: str) -> str:
    return f"/sandbox/mail/{quote(address, safe='@')}"


ROUTES = [shop, order, identify]
