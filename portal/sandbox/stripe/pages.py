"""What can happen at Stripe without the customer, and how the stand-in behaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from litestar import Response, get, post
from pydantic import Field

from portal.database import transaction
from portal.money import Money
from portal.refusals import N_
from portal.sandbox.stripe import happening
from portal.sandbox.stripe.hosted import page_of
from portal.sandbox.stripe.tables import Behaviour, CheckoutPage, Dispute, Event, Webhooks, behaviour
from portal.sandbox.stripe.webhooks import send_later
from portal.web.forms import Form, fill
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, UnreadableForm

HOME = "/sandbox/stripe"
MOST = 30
WEBHOOKS = {
    Webhooks.PROMPT: N_("told at once"),
    Webhooks.DELAYED: N_("told 20 seconds late"),
    Webhooks.DOUBLED: N_("told twice"),
    Webhooks.NEVER: N_("never told"),
}
WORDS = {
    "debit_succeeds": N_("The bank pays"),
    "debit_fails": N_("The bank refuses"),
    "expire": N_("Let it expire"),
    "refund": N_("Refund all"),
    "refund_part": N_("Refund a half"),
    "dispute": N_("Dispute"),
    "dispute_won": N_("We win the dispute"),
    "dispute_lost": N_("We lose the dispute"),
}


class LaterForm(Form):
    session: Annotated[str, Field(max_length=80)]
    what: Annotated[str, Field(max_length=20)]


class BehaviourForm(Form):
    webhooks: Webhooks
    creating: Literal["well", "fails"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A session on the list: what happened to it, and what can happen next."""

    page: CheckoutPage
    dispute: Dispute | None

    @property
    def total(self) -> Money:
        return Money(self.page.total_cents)

    @property
    def possible(self) -> list[str]:
        if self.page.intent_status == "processing":
            return ["debit_succeeds", "debit_fails"]
        if self.page.status == "open":
            return ["expire"]
        if self.dispute and self.dispute.status == "needs_response":
            return ["dispute_won", "dispute_lost"]
        left = self.page.received_cents - self.page.refunded_cents
        return ["refund", "refund_part", "dispute"] if left > 0 and not self.dispute else []


@get(HOME, guards=[anyone])
async def sessions(request: PortalRequest) -> Response[bytes]:
    """The latest payment pages, what can happen to each, and how the stand-in behaves."""
    await happening.expire_what_is_over(request.at)
    found = await CheckoutPage.objects().order_by(CheckoutPage.created_at, ascending=False).limit(MOST)
    return page(
        request,
        "sandbox/stripe.html",
        sessions=[await shown(checkout) for checkout in found],
        behaviour=await behaviour(),
        webhooks=WEBHOOKS,
        words=WORDS,
        untold=await Event.count().where(Event.told == 0),
    )


async def shown(checkout: CheckoutPage) -> Shown:
    if not checkout.intent:
        return Shown(checkout, None)
    return Shown(checkout, await Dispute.objects().where(Dispute.intent == checkout.intent).first())


@post(f"{HOME}/later", guards=[anyone])
async def happen_later(request: PortalRequest) -> Response[bytes]:
    """What comes without the customer: the bank's answer, refunds, disputes."""
    filled = await fill(request, LaterForm)
    if filled.form is None or filled.form.what not in LATER:
        raise UnreadableForm
    checkout = await page_of(filled.form.session)
    await LATER[filled.form.what](checkout, request.at)
    return see_other(request, HOME)


@post(f"{HOME}/behaviour", guards=[anyone])
async def choose_behaviour(request: PortalRequest) -> Response[bytes]:
    filled = await fill(request, BehaviourForm)
    if filled.form is None:
        raise UnreadableForm
    await behave(webhooks=filled.form.webhooks, next_create_fails=filled.form.creating == "fails")
    return see_other(request, HOME)


@post(f"{HOME}/events", guards=[anyone])
async def send_untold(request: PortalRequest) -> Response[bytes]:
    """Send by hand what the portal has not been told."""
    async with transaction():
        for event in await Event.objects().where(Event.told == 0).order_by(Event.created_at):
            await send_later(event, Webhooks.PROMPT)
    return see_other(request, HOME)


async def behave(*, webhooks: Webhooks = Webhooks.PROMPT, next_create_fails: bool = False, delay_ms: int = 0) -> None:
    """From now on Stripe is so."""
    async with transaction():
        await Behaviour.delete(force=True)
        await Behaviour(webhooks=webhooks, next_create_fails=next_create_fails, delay_ms=delay_ms).save()


async def refund_all(checkout: CheckoutPage, at: datetime) -> None:
    await happening.refund(checkout.intent, None, at)


async def refund_half(checkout: CheckoutPage, at: datetime) -> None:
    await happening.refund(checkout.intent, (checkout.received_cents + 1) // 2, at)


async def decide(checkout: CheckoutPage, is_won: bool, at: datetime) -> None:
    found = await Dispute.objects().where(Dispute.intent == checkout.intent).first()
    if found is not None:
        await happening.decide_dispute(found.id, is_won, at)


LATER: dict[str, Callable[[CheckoutPage, datetime], Awaitable[object]]] = {
    "debit_succeeds": lambda checkout, at: happening.debit_succeeds(checkout.id, at),
    "debit_fails": lambda checkout, at: happening.debit_fails(checkout.id, at),
    "expire": lambda checkout, at: happening.expire(checkout.id, at),
    "refund": refund_all,
    "refund_part": refund_half,
    "dispute": lambda checkout, at: happening.dispute(checkout.intent, at),
    "dispute_won": lambda checkout, at: decide(checkout, True, at),
    "dispute_lost": lambda checkout, at: decide(checkout, False, at),
}
ROUTES = [sessions, happen_later, choose_behaviour, send_untold]
