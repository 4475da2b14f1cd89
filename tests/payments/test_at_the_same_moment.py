"""Two things happen at once, or an answer is older than what we know: the books stay right."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from portal import clock
from portal.money import Money
from portal.payments import card
from portal.payments.booking import Received, book
from portal.payments.fulfilling import follow, fulfil
from portal.payments.tables import AttemptState, Method, PaymentAttempt
from portal.sandbox.stripe import happening
from portal.sandbox.stripe.tables import CheckoutPage
from tests.payments.books import attempts, books_balance, credit_of, open_of, pay, payments, start
from tests.payments.stand_in import StandIn
from tests.people import TODAY, Person
from tests.visiting import Visitor


async def test_five_payments_of_one_account_booked_at_once(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bills = [await bojan.bill(1_000) for _ in range(5)]
    for bill in bills:
        await start(visit, bill)
    wishes = await attempts()
    received = [Received(f"pi_{wish.id}", Money(3_000), Method.CARD) for wish in wishes]

    await asyncio.gather(
        *(book(wish, money, at=clock.now()) for wish, money in zip(wishes, received, strict=True)),
        *(book(wish, money, at=clock.now()) for wish, money in zip(wishes, received, strict=True)),
    )

    assert [await open_of(bill) for bill in bills] == [0] * 5
    assert await credit_of(bojan.account) == 10_000
    assert len(await payments()) == 5
    assert await books_balance()


async def test_money_left_over_does_not_pay_what_is_not_due(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill, later = await bojan.bill(1_000), await bojan.bill(5_000, due=TODAY + timedelta(days=9000))
    both = (await start(visit, bill)).response.headers["location"]
    await pay(visit, stripe, bill, later)
    next_one = await bojan.bill(700, due=TODAY + timedelta(days=9000))

    await visit.get(await stripe.choose(both, "paid"))

    assert await open_of(next_one) == 700
    assert await credit_of(bojan.account) == 1_000


async def test_an_older_answer_of_stripes_changes_nothing(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    await stripe.choose((await start(visit)).response.headers["location"], "debit")
    [page] = await stripe.sessions()
    still_waiting = await card.session(page.id)
    await happening.debit_succeeds(page.id, clock.now())
    await fulfil(page.id, at=clock.now())

    await follow(still_waiting, at=clock.now())

    assert [attempt.state for attempt in await attempts()] == [AttemptState.PAID]


async def test_wrong_money_on_a_wish_that_had_ended_is_held_too(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill(1_000)
    url = (await start(visit)).response.headers["location"]
    await PaymentAttempt.update({PaymentAttempt.state: AttemptState.EXPIRED}, force=True)
    await CheckoutPage.update({CheckoutPage.total_cents: 900}, force=True)
    await stripe.choose(url, "paid")

    await fulfil((await stripe.sessions())[0].id, at=clock.now())

    assert [attempt.state for attempt in await attempts()] == [AttemptState.HELD]


async def test_right_money_on_a_wish_that_had_ended_is_booked(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(1_000)
    url = (await start(visit)).response.headers["location"]
    await PaymentAttempt.update({PaymentAttempt.state: AttemptState.FAILED}, force=True)

    await stripe.choose(url, "paid")
    await fulfil((await stripe.sessions())[0].id, at=clock.now())

    assert await open_of(bill) == 0
    assert [attempt.state for attempt in await attempts()] == [AttemptState.PAID]
