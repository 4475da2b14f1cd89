"""Paying ahead: no bill, or more than the bills; what is open comes first, the rest is credit."""

from __future__ import annotations

import json

from tests.payments.books import attempts, books_balance, credit_of, open_of, payments
from tests.payments.money import LATER, choosing
from tests.payments.stand_in import StandIn
from tests.people import Person
from tests.visiting import Visitor


async def ahead(visit: Visitor, stripe: StandIn, amount: str) -> None:
    away = await choosing(visit, ahead=amount)
    await visit.get(await stripe.choose(away.response.headers["location"], "paid"))


async def test_ahead_alone_is_credit(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await ahead(visit, stripe, "25")

    [payment], [attempt] = await payments(), await attempts()
    assert (payment.amount_cents, attempt.advance_cents) == (2_500, 2_500)
    assert await credit_of(bojan.account) == 2_500
    [session] = await stripe.sessions()
    [item] = json.loads(session.params)["line_items"]
    assert item["price_data"]["product_data"]["name"] == "Plačilo vnaprej"
    assert await books_balance()


async def test_with_bills_each_gets_its_own(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(1_000)

    away = await choosing(visit, [bill], ahead="5")
    page = await visit.get(await stripe.choose(away.response.headers["location"], "paid"))

    assert await open_of(bill) == 0
    assert await credit_of(bojan.account) == 500
    assert "5,00 € čaka" in page.text
    assert "preveč" not in page.text


async def test_what_is_open_is_settled_first(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    later, late = await bojan.bill(1_000, due=LATER), await bojan.bill(2_000)

    await ahead(visit, stripe, "25")

    assert [await open_of(late), await open_of(later)] == [0, 500]
    assert await credit_of(bojan.account) == 0


async def test_a_slip_of_the_finger_is_caught(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    page = await choosing(visit, ahead="2000,01", status=400)

    assert "Naenkrat lahko vnaprej plačate največ 2.000,00 €." in page.text
    assert page.one("#advance").get("value") == "2000,01"
    assert (await choosing(visit, ahead="2000")).status == 303


async def test_less_than_a_card_pays_is_explained(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    assert "najmanj 0,50 €" in (await choosing(visit, ahead="0,49", status=400)).text
    assert "večji od nič" in (await choosing(visit, ahead="0", status=400)).text
