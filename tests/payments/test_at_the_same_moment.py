"""Two things happen at once, or an answer is older than what we know: the books stay right."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from portal import clock
from portal.money import Money
from portal.payments import card
from portal.payments.booking import Received, book
from portal.payments.credit import use_credit_alone
from portal.payments.fulfilling import follow, fulfil, withdraw
from portal.payments.paying import Payer, page_of, wished
from portal.payments.paying import start as start_paying
from portal.payments.tables import AttemptState, Method, PaymentAttempt
from portal.payments.wishes import Wish
from portal.sandbox.stripe import happening
from portal.sandbox.stripe.tables import CheckoutPage
from tests.payments.books import attempts, books_balance, credit_of, open_of, pay, payments, start
from tests.payments.money import by_bank
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


async def test_money_left_over_pays_what_is_not_due_yet_and_then_is_credit(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    """Credit stands only where nothing is open: money that its bill no longer needs settles the others by due day."""
    bill, later = await bojan.bill(1_000), await bojan.bill(5_000, due=TODAY + timedelta(days=9000))
    both = (await start(visit, bill)).response.headers["location"]
    await pay(visit, stripe, bill, later)
    next_one = await bojan.bill(700, due=TODAY + timedelta(days=9000))

    await visit.get(await stripe.choose(both, "paid"))

    assert await open_of(next_one) == 0
    assert await credit_of(bojan.account) == 300
    assert await books_balance()


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


async def test_the_whole_and_a_part_started_at_once_leave_one_page(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill(5_000)
    assert bojan.login is not None
    whole, part = Wish((bill.id,)), Wish((bill.id,), {bill.id: Money(1_000)})

    await asyncio.gather(
        *(start_paying(bojan.account, wish, login=bojan.login.id, at=clock.now()) for wish in (whole, part) * 2),
        return_exceptions=True,
    )

    live = [attempt for attempt in await attempts() if attempt.state == AttemptState.OPEN]
    assert len(live) <= 1
    await asyncio.gather(*(fulfil(page.id, at=clock.now()) for page in await stripe.sessions()))
    open_pages = [
        page
        for page in await stripe.sessions()
        if "zaključena" not in (await stripe.page(f"/sandbox/stripe/pay/{page.id}")).text
    ]
    assert len(open_pages) <= 1


async def test_a_page_that_is_made_while_its_wish_is_withdrawn_is_closed(bojan: Person, stripe: StandIn) -> None:
    attempt = await wished_by(bojan)
    await withdraw(attempt, at=clock.now())

    assert await page_of(attempt, clock.now()) is None

    [page] = await stripe.sessions()
    assert page.status == "expired"


async def test_a_page_that_opens_while_it_is_withdrawn_is_closed_before_its_wish_ends(
    bojan: Person, stripe: StandIn
) -> None:
    """The withdrawal began before there was a page, and Stripe's list does not name it."""
    attempt = await wished_by(bojan)
    assert await page_of(attempt, clock.now())
    attempt.created_at = attempt.updated_at = clock.now() - timedelta(hours=1)

    await withdraw(attempt, at=clock.now())

    [page] = await stripe.sessions()
    assert page.status == "expired"
    assert [attempt.state for attempt in await attempts()] == [AttemptState.EXPIRED]


async def wished_by(person: Person) -> PaymentAttempt:
    """The wish to pay a bill, before Stripe hears of it."""
    bill = await person.bill(5_000)
    assert person.login is not None
    attempt, _ = await wished(person.account, Wish((bill.id,)), Payer(person.login.id, "sl", None), clock.now())
    return attempt


async def test_credit_used_five_times_at_once_is_used_once(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await by_bank(bojan, 1_500)
    bills = [await bojan.bill(1_000), await bojan.bill(1_000)]

    used = await asyncio.gather(*(use_credit_alone(bojan.account.id, at=clock.now()) for _ in range(5)))

    assert Money.sum(used) == Money(1_500)
    assert sum([await open_of(bill) for bill in bills]) == 500
    assert await books_balance()
