"""The customer does not pay after all: declined, left or too late. Nothing is charged, and there is a way on."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from portal.customers.tables import Account
from portal.payments.reconciling import reconcile
from portal.payments.tables import AttemptState
from portal.sandbox.stripe import happening
from tests.payments.books import attempts, open_of, pay, payments, start
from tests.payments.stand_in import StandIn
from tests.people import Person, a_person, saved, signed_in
from tests.visiting import Visitor


async def test_who_leaves_the_payment_page_can_go_on(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill()

    page = await pay(visit, stripe, outcome="left")

    assert "Plačilo ni dokončano" in page.text
    assert "Nič ni bilo zaračunano" in page.text
    on = await visit.submit(page.form, status=303, follow=False)
    assert "Plačilo prejeto" in (await visit.get(await stripe.choose(on.response.headers["location"], "paid"))).text
    assert len(await stripe.sessions()) == 1
    assert await open_of(bill) == 0


async def test_a_declined_card_is_said_on_the_payment_page_and_on_ours(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill()
    url = (await start(visit)).response.headers["location"]

    back = await stripe.choose(url, "declined")

    assert "Banka plačila ni potrdila" in (await stripe.page(back)).text
    page = await visit.get(await stripe.choose(url, "left"))
    assert "Banka plačila ni potrdila" in page.text
    assert "Nič ni bilo zaračunano" in page.text
    assert await open_of(bill) == bill.total_cents
    assert not await payments()


async def test_another_card_after_a_declined_one_pays(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill()
    url = (await start(visit)).response.headers["location"]
    await stripe.choose(url, "declined")

    await visit.get(await stripe.choose(url, "paid"))

    assert await open_of(bill) == 0
    [attempt] = await attempts()
    assert attempt.state == AttemptState.PAID
    assert not attempt.failure


async def test_an_expired_page_is_said_so_and_begun_anew(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    await start(visit)
    [session] = await stripe.sessions()
    await happening.expire(session.id, clock.now())

    page = await visit.get(f"/payments/return?session_id={session.id}")

    assert "Čas za plačilo je potekel" in page.text
    on = await visit.submit(page.form, status=303, follow=False)
    assert session.id not in on.response.headers["location"]


async def test_a_page_that_nobody_came_back_from_ends_by_the_sweep(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    await bojan.bill()
    await start(visit)
    later = clock.now() + timedelta(minutes=90)

    with clock.stopped_at(later):
        result = await reconcile(at=later)

    assert (result.seen, result.paid, result.ended) == (1, 0, 1)
    assert [attempt.state for attempt in await attempts()] == [AttemptState.EXPIRED]


async def test_coming_back_without_saying_from_where_is_no_page(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await visit.get("/payments/return", status=404)
    await visit.get("/payments/return?session_id=cs_test_unknown", status=404)
    await visit.get("/payments/return?attempt=nonsense", status=400)


async def test_another_customers_payment_is_no_page(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    await pay(visit, stripe)
    [attempt] = await attempts()
    stranger = await a_person("Tujec Neznani")
    await signed_in(visit, stranger)

    await visit.get(f"/payments/{attempt.id}", status=404)
    await visit.get(f"/payments/{attempt.id}/receipt", status=404)
    token = (await visit.get("/bills")).all("input[name=csrf_token]")[0].get("value") or ""
    await visit.post(f"/payments/{attempt.id}/retry", {"csrf_token": token}, status=404)


async def test_who_shares_the_account_sees_the_payment(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    await pay(visit, stripe)
    [attempt] = await attempts()
    await saved(Account(customer=bojan.customer.id, number="1"))

    page = await visit.get(f"/payments/{attempt.id}")

    assert "Plačilo prejeto" in page.text


async def test_the_payment_is_booked_even_when_the_sign_in_ran_out_at_stripe(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill()
    back = await stripe.choose((await start(visit)).response.headers["location"], "paid")
    visit.client.cookies.clear()

    page = await visit.get(back)

    assert page.path.startswith("/sign-in?next=%2Fpayments%2F")
    assert await open_of(bill) == 0
