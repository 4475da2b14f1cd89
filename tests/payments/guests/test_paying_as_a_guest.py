"""Whoever has the link pays one bill or all of them, sees how far it is, and never pays twice."""

from __future__ import annotations

from datetime import timedelta

from portal.clock import today
from portal.network.tables import OPEN
from portal.payments.paying import CLOSED_BY_GUESTS
from portal.payments.tables import AttemptState, PaymentAttempt
from tests.dunning.cases import suspended
from tests.payments.books import attempts, books_balance, open_of, payments
from tests.payments.guests.walking import choose, link, pay, tells_nothing_of
from tests.payments.stand_in import StandIn
from tests.people import Person, signed_in
from tests.visiting import Visitor, portal_app
from tests.working import work_off
from tests.world import Exchange

NEXT_WEEK = timedelta(days=7)


async def test_everything_overdue_is_paid_unless_one_chooses(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bills = [await bojan.bill(cents, due=today() - timedelta(days=days)) for cents, days in ((3_246, 20), (5_399, 2))]
    later = await bojan.bill(2_500, due=today() + NEXT_WEEK)

    page = await pay(visit, stripe, bojan)

    assert "Plačilo prejeto. Hvala." in page.text
    assert tells_nothing_of(bojan, page.html)
    assert [await open_of(bill) for bill in (*bills, later)] == [0, 0, 2_500]
    [attempt] = await attempts()
    assert (attempt.login, attempt.amount_cents, attempt.state) == (None, 8_645, AttemptState.PAID)
    assert await books_balance()


async def test_one_bill_can_be_chosen(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    old = await bojan.bill(3_246, due=today() - timedelta(days=20))
    new = await bojan.bill(5_399, due=today() - timedelta(days=2))

    await pay(visit, stripe, bojan, what=str(new.id))

    assert [await open_of(old), await open_of(new)] == [3_246, 0]


async def test_all_that_is_open_can_be_chosen(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    old = await bojan.bill(3_246)
    later = await bojan.bill(2_500, due=today() + NEXT_WEEK)

    await pay(visit, stripe, bojan, what="all")

    assert [await open_of(old), await open_of(later)] == [0, 0]


async def test_a_payment_under_way_is_not_asked_for_again(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    progress = await pay(visit, stripe, bojan, outcome="debit")
    assert "na poti" in progress.text

    page = await visit.get(link(bojan))

    assert "v obdelavi" in page.text
    assert not page.all("main form")
    assert page.all(f"main a[href='{page.path}/payments/{(await attempts())[0].id}']")


async def test_a_second_tab_that_pays_what_is_paid_is_told_so(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    stale = await visit.get(link(bojan))
    await pay(visit, stripe, bojan)

    page = await visit.submit(stale.form, status=409)

    assert "Za B. K. je vse plačano. Hvala!" in page.text
    assert len(await payments()) == 1


async def test_cut_off_it_says_what_paying_brings_and_it_does(
    visit: Visitor, bojan: Person, stripe: StandIn, exchange: Exchange
) -> None:
    await suspended(bojan)

    page = await visit.get(link(bojan))

    assert "navadno v minuti" in page.text
    assert "Storitve so izklopljene" in page.text
    page = await pay(visit, stripe, bojan)
    assert "Storitve se vklapljajo" in page.text
    assert page.one("#progress").get("hx-get") == page.path
    await work_off()
    assert "Storitve so znova vklopljene" in (await visit.get(page.path)).text
    assert await exchange.has(bojan.line.number) == OPEN


async def test_two_guests_and_the_customer_do_not_pay_twice(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    """The customer left a payment page open at home, with their e-mail on it. The guest gets one of their own."""
    bill = await bojan.bill()
    async with Visitor(portal_app()) as home:
        await signed_in(home, bojan)
        bojans = await at_stripe(home)

    theirs = await choose(visit, await visit.get(link(bojan)))

    assert theirs != bojans
    assert [attempt.state for attempt in await attempts()] == [AttemptState.EXPIRED, AttemptState.OPEN]
    await visit.get(await stripe.choose(theirs, "paid"))
    assert await open_of(bill) == 0


async def test_who_leaves_the_payment_page_can_go_on(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill()
    left = await pay(visit, stripe, bojan, outcome="left", email="sestra@example.test")
    assert "Plačilo ni dokončano" in left.text

    again = await visit.submit(left.form, status=303, follow=False)
    page = await visit.get(await stripe.choose(again.response.headers["location"], "paid"))

    assert "Plačilo prejeto" in page.text
    assert await open_of(bill) == 0
    assert len(await attempts()) == 1


async def test_stripe_away_is_said_and_tried_again(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    page = await visit.get(link(bojan))
    await stripe.down()

    away = await visit.submit(page.form)

    assert "Plačilo se še ni začelo" in away.text
    await stripe.up()
    answer = await visit.submit(away.form, status=303, follow=False)
    assert "/pay/" in answer.response.headers["location"]


async def test_a_wrong_email_stays_in_its_field(visit: Visitor, bojan: Person) -> None:
    await bojan.bill()
    await bojan.bill()

    page = await visit.submit((await visit.get(link(bojan))).form, email="sestra@", what="all", status=400)

    form = page.form_to(f"{link(bojan)}/payment")
    assert form.fields["email"] == "sestra@"
    assert not await PaymentAttempt.exists()


async def at_stripe(home: Visitor) -> str:
    """The customer, signed in, presses «pay»; returns where Stripe's page stands."""
    token = (await home.get("/bills")).all("input[name=csrf_token]")[0].get("value") or ""
    answer = await home.post("/bills/payment", {"csrf_token": token}, status=303, follow=False)
    return answer.response.headers["location"]


async def test_a_guest_cannot_close_the_customers_page_again_and_again(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill()
    async with Visitor(portal_app()) as home:
        await signed_in(home, bojan)
        for _ in range(CLOSED_BY_GUESTS.most):
            await at_stripe(home)
            await choose(visit, await visit.get(link(bojan)))
        theirs = await at_stripe(home)

        page = await visit.submit((await visit.get(link(bojan))).form, status=409)

        assert "Plačilo teh računov že poteka." in page.text
        await home.get(await stripe.choose(theirs, "paid"))
    assert await open_of(bill) == 0


async def test_stripe_away_while_the_customers_page_is_open_is_said(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    """It cannot be closed now, and is not the guest's to see."""
    await bojan.bill()
    async with Visitor(portal_app()) as home:
        await signed_in(home, bojan)
        await at_stripe(home)
    page = await visit.get(link(bojan))
    await stripe.down()

    away = await visit.submit(page.form, status=503)

    assert away.form_to(f"{link(bojan)}/payment")
    assert str((await attempts())[0].id) not in away.html
