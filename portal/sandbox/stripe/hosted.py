"""The payment page that a customer sees at the stand-in, marked as one."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from portal.money import Money
from portal.refusals import NotFound
from portal.sandbox.stripe import happening
from portal.sandbox.stripe.tables import CheckoutPage
from portal.web.forms import Form, fill
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, UnreadableForm


class Outcome(StrEnum):
    """What a customer does on the payment page."""

    PAID = "paid"
    DEBIT = "debit"
    DECLINED = "declined"
    LEFT = "left"


class OutcomeForm(Form):
    outcome: Outcome


@get("/sandbox/stripe/pay/{session_id:str}", guards=[anyone])
async def payment_page(request: PortalRequest, session_id: FromPath[str]) -> Response[bytes]:
    await happening.expire_what_is_over(request.at)
    checkout = await page_of(session_id)
    asked = json.loads(checkout.params)
    return page(
        request,
        "sandbox/stripe_pay.html",
        checkout=checkout,
        total=Money(checkout.total_cents),
        items=[(name_of(item), Money(item["price_data"]["unit_amount"])) for item in asked["line_items"]],
        back=back_to(checkout, asked),
    )


def name_of(item: dict[str, Any]) -> str:
    return str(item["price_data"]["product_data"]["name"])


def back_to(checkout: CheckoutPage, asked: dict[str, Any]) -> str:
    """Where Stripe sends the customer: on when the page is complete, else back."""
    if checkout.status == "complete":
        return str(asked["success_url"]).replace("{CHECKOUT_SESSION_ID}", checkout.id)
    return str(asked.get("cancel_url", "/"))


@post("/sandbox/stripe/pay/{session_id:str}", guards=[anyone])
async def choose_outcome(request: PortalRequest, session_id: FromPath[str]) -> Response[bytes]:
    filled = await fill(request, OutcomeForm)
    if filled.form is None:
        raise UnreadableForm
    await happening.expire_what_is_over(request.at)
    if (act := OUTCOMES[filled.form.outcome]) is not None:
        await act(session_id, request.at)
    checkout = await page_of(session_id)
    if filled.form.outcome == Outcome.DECLINED:
        return see_other(request, f"/sandbox/stripe/pay/{session_id}")
    return see_other(request, back_to(checkout, json.loads(checkout.params)))


async def page_of(session_id: str) -> CheckoutPage:
    found = await CheckoutPage.objects().get(CheckoutPage.id == session_id)
    if found is None:
        raise NotFound
    return found


Act = Callable[[str, datetime], Awaitable[CheckoutPage | None]]
OUTCOMES: dict[Outcome, Act | None] = {
    Outcome.PAID: happening.pay,
    Outcome.DEBIT: happening.pay_by_debit,
    Outcome.DECLINED: happening.decline,
    Outcome.LEFT: None,
}
ROUTES = [payment_page, choose_outcome]
