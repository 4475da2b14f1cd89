"""Paying by card, from the button to the booked bill."""

from __future__ import annotations

import json
from datetime import timedelta

from portal.payments.tables import AttemptState, Method
from tests.payments.books import attempts, books_balance, open_of, pay, payments, start
from tests.payments.stand_in import StandIn
from tests.people import TODAY, Person, a_person
from tests.visiting import Visitor


async def test_one_button_pays_everything_overdue(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    old, older = await bojan.bill(3_246), await bojan.bill(2_000, due=TODAY - timedelta(days=40))
    not_yet_due = await bojan.bill(5_000, due=TODAY + timedelta(days=9000))

    page = await pay(visit, stripe)

    assert "Plačilo prejeto. Hvala." in page.text
    assert "52,46 €" in page.text
    assert [await open_of(bill) for bill in (old, older, not_yet_due)] == [0, 0, 5_000]
    [payment] = await payments()
    assert (payment.amount_cents, payment.method, payment.card) == (5_246, Method.CARD, "Visa •••• 4242")
    assert await books_balance()


async def test_one_bill_is_paid_from_its_own_page(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill, other = await bojan.bill(3_246), await bojan.bill(2_000)
    form = (await visit.get(f"/bills/{bill.id}")).form

    away = await visit.submit(form, status=303, follow=False)
    await visit.get(await stripe.choose(away.response.headers["location"], "paid"))

    assert [await open_of(bill), await open_of(other)] == [0, 2_000]


async def test_chosen_bills_are_paid_together(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    first, second, third = [await bojan.bill(cents) for cents in (1_000, 2_000, 3_000)]

    await pay(visit, stripe, first, third)

    assert [await open_of(bill) for bill in (first, second, third)] == [0, 2_000, 0]


async def test_without_anything_overdue_all_open_bills_are_paid(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bills = [await bojan.bill(cents, due=TODAY + timedelta(days=9000)) for cents in (1_000, 2_000)]

    await pay(visit, stripe)

    assert [await open_of(bill) for bill in bills] == [0, 0]


async def test_the_wish_to_pay_is_kept_before_stripe_hears_of_it(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    await bojan.bill(3_246)
    await stripe.down()

    page = await start(visit)

    [attempt] = await attempts()
    assert page.response.headers["location"] == f"/payments/{attempt.id}"
    assert attempt.state == AttemptState.CREATED
    shown = await visit.get(f"/payments/{attempt.id}")
    assert "Plačilo se še ni začelo" in shown.text
    assert "Nič ni bilo zaračunano" in shown.text

    await stripe.up()
    again = await visit.submit(shown.form, status=303, follow=False)

    await visit.get(await stripe.choose(again.response.headers["location"], "paid"))
    [attempt] = await attempts()
    assert attempt.state == AttemptState.PAID


async def test_stripe_is_told_who_pays_what_and_where_to_come_back(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    first, second = await bojan.bill(1_000), await bojan.bill(2_050)
    await start(visit)

    [session], [attempt] = await stripe.sessions(), await attempts()
    told = json.loads(session.params)
    items = [
        (item["price_data"]["product_data"]["name"], item["price_data"]["unit_amount"]) for item in told["line_items"]
    ]
    assert items == [(f"Račun {first.number}", 1_000), (f"Račun {second.number}", 2_050)]
    assert told["client_reference_id"] == told["payment_intent_data"]["metadata"]["attempt"] == str(attempt.id)
    assert told["success_url"] == "https://moj.test/payments/return?session_id={CHECKOUT_SESSION_ID}"
    assert (told["locale"], told["mode"], told["ui_mode"]) == ("sl", "payment", "hosted_page")
    assert told["adaptive_pricing"] == {"enabled": False}
    assert session.expires_at - session.created_at >= timedelta(minutes=30)


async def test_many_bills_stand_in_one_line(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    for _ in range(21):
        await bojan.bill(1_000)

    page = await stripe.page((await start(visit)).response.headers["location"])

    assert "Neplačani računi" in page.text
    assert "210,00 €" in page.text


async def test_a_strangers_bill_cannot_be_paid(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    stranger = await a_person("Tujec Neznani")
    bill = await stranger.bill()

    page = await start(visit, bill, status=404)

    assert page.status == 404
    assert not await attempts()


async def test_less_than_a_card_can_pay_is_refused_in_plain_words(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill(49)

    page = await start(visit, bill, status=409)

    assert "najmanj 0,50 €" in page.text
    assert not await attempts()


async def test_a_form_of_a_stranger_changes_nothing(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill()

    await visit.post(f"/bills/{bill.id}/payment", {"csrf_token": "forged"}, status=403)

    assert not await attempts()


async def test_htmx_is_told_by_a_header_where_to_go(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill()
    form = (await visit.get(f"/bills/{bill.id}")).form

    answer = await visit.post(form.action, form.fields, headers={"hx-request": "true"})

    [attempt] = await attempts()
    assert answer.response.headers["hx-redirect"] == attempt.checkout_url


async def test_a_few_cents_overdue_are_paid_together_with_the_next_bill(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    await bojan.bill(30)
    await bojan.bill(3_000, due=TODAY + timedelta(days=9000))

    assert "Plačaj 30,30 €" in (await visit.get("/bills")).text
    await pay(visit, stripe)

    [payment] = await payments()
    assert payment.amount_cents == 3_030
