"""Choosing what to pay: the page, its sum, and every mistake in plain words with everything typed kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.payments.tables import AttemptState, PaymentAttempt
from tests.dunning.case_rows import a_suspension_before_cases
from tests.payments.books import attempts, books_balance, open_of, payments, start
from tests.payments.money import LATER, choosing, hold_back, summed
from tests.payments.stand_in import StandIn
from tests.people import TODAY, Person, a_person
from tests.visiting import Visitor


async def test_what_is_overdue_is_chosen_beforehand(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    late, later = await bojan.bill(3_000), await bojan.bill(2_000, due=LATER)

    page = await visit.get("/payments/new")

    assert page.one(f"#bill_{late.id}").get("checked") is not None
    assert page.one(f"#bill_{later.id}").get("checked") is None
    assert "30,00 €" in summed(page)


async def test_a_link_chooses_one_bill(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill(3_000)
    later = await bojan.bill(2_000, due=LATER)

    page = await visit.get(f"/payments/new?bill={later.id}")

    assert [node.get("value") for node in page.all("input[name=bill][checked]")] == [str(later.id)]


async def test_the_chosen_ones_are_paid_and_no_others(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    first, second, third = [await bojan.bill(cents) for cents in (1_000, 2_000, 3_000)]

    away = await choosing(visit, [first, third])
    await visit.get(await stripe.choose(away.response.headers["location"], "paid"))

    assert [await open_of(bill) for bill in (first, second, third)] == [0, 2_000, 0]
    assert await books_balance()


async def test_adding_up_again_pays_nothing(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    first, second = await bojan.bill(1_000), await bojan.bill(2_000)

    page = await choosing(visit, [first, second], {second.id: "5,50"}, "10", recount=True, status=200)

    assert "25,50 €" in summed(page)
    assert page.one(f"#part_{second.id}").get("value") == "5,50"
    assert page.one("#advance").get("value") == "10"
    assert not await attempts()


async def test_htmx_asks_for_the_sum_alone(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(1_000)
    query = f"bill={bill.id}&of={bill.id}&part=2%2C50&advance=1"

    answer = await visit.get(f"/payments/new?{query}", headers={"hx-request": "true", "hx-target": "section#sum"})

    assert "3,50 €" in answer.text
    assert "<h1" not in answer.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0", "Vpišite znesek, večji od nič."),
        ("0,00", "Vpišite znesek, večji od nič."),
        ("deset", "Vpišite znesek, na primer 25,00."),
        ("-5", "Vpišite znesek, na primer 25,00."),
        ("1e3", "Vpišite znesek, na primer 25,00."),
        ("10,001", "Vpišite znesek, na primer 25,00."),
        ("30,01", "je odprtih le še 30,00 €."),
    ],
)
async def test_a_part_that_cannot_be_is_explained(
    visit: Visitor, bojan: Person, stripe: StandIn, typed: str, words: str
) -> None:
    bill = await bojan.bill(3_000)

    page = await choosing(visit, [bill], {bill.id: typed}, status=400)

    assert words in page.text
    field = page.one(f"#part_{bill.id}")
    assert (field.get("value"), field.get("aria-invalid")) == (typed, "true")
    assert page.one(f"#bill_{bill.id}").get("checked") is not None
    assert not await attempts()


async def test_nothing_chosen_is_said(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill(3_000)

    page = await choosing(visit, status=400)

    assert "Izberite račun ali vpišite, koliko plačujete vnaprej." in page.text


async def test_an_amount_beside_a_bill_that_is_not_chosen_is_asked_about(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill, other = await bojan.bill(3_000), await bojan.bill(1_000)

    page = await choosing(visit, [other], {bill.id: "5"}, status=400)

    assert "Označite tudi račun ali pobrišite znesek." in page.text


async def test_less_than_a_card_pays_is_explained_with_everything_kept(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill(3_000)

    page = await choosing(visit, [bill], {bill.id: "0,49"}, status=400)

    assert "najmanj 0,50 €" in page.text
    assert page.one(f"#part_{bill.id}").get("value") == "0,49"


async def test_who_is_cut_off_is_told_what_is_still_needed(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    """Besides the bill he was cut off for, of 86,45 €."""
    first = await bojan.bill(1_000, due=TODAY - timedelta(days=60))
    await a_suspension_before_cases(bojan, rank=1, issued=TODAY - timedelta(days=78))

    page = await choosing(visit, [first], {first.id: "4"}, recount=True, status=200)

    assert "Za ponovni priklop bo treba poravnati še 92,45 € zapadlih računov." in summed(page)


async def test_what_is_disputed_is_not_asked_for_but_may_be_chosen(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill, whole = await bojan.bill(5_000), await bojan.bill(700)
    await hold_back(bill, 3_000)
    await hold_back(whole, 700)

    page = await visit.get("/payments/new")
    assert "20,00 €" in summed(page)
    assert page.one(f"#bill_{whole.id}").get("checked") is None

    away = await choosing(visit, [whole])
    await visit.get(await stripe.choose(away.response.headers["location"], "paid"))
    assert [await open_of(bill), await open_of(whole)] == [5_000, 0]


async def test_only_disputed_bills_leave_the_one_button_nothing_to_pay(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill(5_000)
    await hold_back(bill, 5_000)

    page = await start(visit, status=409)

    assert "Dokler obravnavamo vaš ugovor, ni treba plačati ničesar." in page.text


async def test_a_bill_of_a_stranger_counts_for_nothing(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill(1_000)
    bill = await (await a_person("Tujec Neznani")).bill(2_000)

    page = await choosing(visit, [bill], status=400)

    assert "Izberite račun ali vpišite" in page.text
    assert not await payments()
    assert await PaymentAttempt.count().where(PaymentAttempt.state == AttemptState.OPEN) == 0
