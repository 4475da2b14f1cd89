"""The stand-in's pages: everything that can happen at Stripe can be made to happen by hand."""

from __future__ import annotations

import pytest

from portal.sandbox.stripe.tables import CheckoutPage, Event, behaviour
from tests.payments.books import open_of, start
from tests.payments.conftest import bojan, stripe
from tests.payments.stand_in import StandIn
from tests.people import Person
from tests.visiting import Page, Visitor
from tests.working import waiting

__all__ = ["bojan", "stripe"]


async def press(stripe: StandIn, what: str, session: str) -> Page:
    async with Visitor(stripe.app) as visitor:
        page = await visitor.get("/sandbox/stripe")
        assert page.all(f"button[value={what}]"), f"{what} is not possible"
        token = page.all("input[name=csrf_token]")[0].get("value") or ""
        return await visitor.post("/sandbox/stripe/later", {"csrf_token": token, "session": session, "what": what})


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (("paid", "refund"), ["checkout.session.completed", "charge.refunded"]),
        (("paid", "refund_part", "refund"), ["checkout.session.completed", "charge.refunded", "charge.refunded"]),
        (
            ("paid", "dispute", "dispute_won"),
            [
                "checkout.session.completed",
                "charge.dispute.created",
                "charge.dispute.funds_withdrawn",
                "charge.dispute.funds_reinstated",
                "charge.dispute.closed",
            ],
        ),
        (("debit", "debit_succeeds"), ["checkout.session.completed", "checkout.session.async_payment_succeeded"]),
        (("debit", "debit_fails"), ["checkout.session.completed", "checkout.session.async_payment_failed"]),
        (("declined", "expire"), ["checkout.session.expired"]),
        (("left", "expire"), ["checkout.session.expired"]),
    ],
)
async def test_what_can_happen_happens_and_is_told(
    visit: Visitor, bojan: Person, stripe: StandIn, happens: tuple[str, ...], told: list[str]
) -> None:
    await bojan.bill()
    await stripe.choose((await start(visit)).response.headers["location"], happens[0])
    [session] = await stripe.sessions()

    for what in happens[1:]:
        await press(stripe, what, session.id)

    assert sorted(event.kind for event in await Event.objects()) == sorted(told)


async def test_the_payment_page_is_marked_as_a_stand_in(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(4_295)

    page = await stripe.page((await start(visit)).response.headers["location"])

    assert "nadomešča Stripe" in page.text
    assert "Plačaj 42,95 €" in page.text
    assert f"Račun {bill.number}" in page.text


async def test_a_paid_page_is_over_and_leads_back(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    url = (await start(visit)).response.headers["location"]
    await stripe.choose(url, "paid")

    page = await stripe.page(url)

    [session] = await stripe.sessions()
    assert not page.all("main form")
    assert page.one("main a.button").get("href") == f"https://moj.test/payments/return?session_id={session.id}"


async def test_pressing_pay_twice_pays_once(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill()
    url = (await start(visit)).response.headers["location"]
    async with Visitor(stripe.app) as visitor:
        form = (await visitor.get(url)).form
        for _ in range(2):
            await visitor.post(form.action, {**form.fields, "outcome": "paid"}, status=303, follow=False)

    assert await Event.count() == 1
    assert await open_of(bill) == bill.total_cents


@pytest.mark.parametrize(("webhooks", "jobs"), [("prompt", 1), ("delayed", 1), ("doubled", 2), ("never", 0)])
async def test_webhooks_come_as_chosen(
    visit: Visitor, bojan: Person, stripe: StandIn, webhooks: str, jobs: int
) -> None:
    await bojan.bill()
    async with Visitor(stripe.app) as visitor:
        page = await visitor.get("/sandbox/stripe")
        form = page.form_to("/sandbox/stripe/behaviour")
        await visitor.submit(form, webhooks=webhooks, creating="well")
    assert (await behaviour()).webhooks == webhooks

    await stripe.choose((await start(visit)).response.headers["location"], "paid")

    assert await waiting("sandbox.send_stripe_event") == ["sandbox.send_stripe_event"] * jobs


async def test_an_unknown_page_is_missing(stripe: StandIn) -> None:
    async with Visitor(stripe.app) as visitor:
        await visitor.get("/sandbox/stripe/pay/cs_none", status=404)
    assert not await CheckoutPage.exists()
