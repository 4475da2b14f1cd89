"""Whatever a customer presses twice, they are charged once; and if not, the money stands to their credit."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from portal import clock
from portal.billing.tables import Bill
from portal.payments.tables import AttemptState
from tests.payments.books import attempts, books_balance, credit_of, open_of, pay, payments, start
from tests.payments.stand_in import StandIn
from tests.people import Person, signed_in
from tests.visiting import Visitor
from tests.working import work_off


async def test_paying_a_settled_bill_is_refused_and_charges_once(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill()
    form = (await visit.get(f"/bills/{bill.id}")).form
    await pay(visit, stripe, bill)

    again = await visit.submit(form, status=409)

    assert "Ta račun je že poravnan." in again.text
    assert "tokrat ni bilo nič zaračunano" in again.text
    assert len(await payments()) == len(await stripe.sessions()) == 1


async def test_paying_several_settled_bills_is_refused_in_the_plural(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bills = [await bojan.bill(1_000), await bojan.bill(2_000)]
    await pay(visit, stripe)

    again = await start(visit, *bills, status=409)

    assert "Ti računi so že poravnani." in again.text


async def test_paying_all_when_all_is_paid_is_refused(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    await pay(visit, stripe)

    again = await start(visit, status=409)

    assert "Vsi vaši računi so že poravnani." in again.text


async def test_a_second_tab_gets_the_same_payment_page(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()

    first, second = await start(visit), await start(visit)

    assert first.response.headers["location"] == second.response.headers["location"]
    assert len(await attempts()) == len(await stripe.sessions()) == 1


async def test_ten_presses_at_once_make_one_payment_page(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()

    pages = await asyncio.gather(*(start(visit) for _ in range(10)))

    assert len({page.response.headers["location"] for page in pages}) == 1
    assert len(await attempts()) == len(await stripe.sessions()) == 1


async def test_a_bill_that_changed_meanwhile_gets_a_new_page_and_the_old_one_is_closed(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill(3_000)
    old = (await start(visit)).response.headers["location"]
    await Bill.update({Bill.open_cents: 1_000}).where(Bill.id == bill.id)

    new = (await start(visit)).response.headers["location"]

    assert "30,00" in (await stripe.page(old)).text
    assert "zaključena" in (await stripe.page(old)).text
    assert "10,00" in (await stripe.page(new)).text
    assert [attempt.state for attempt in await attempts()] == [AttemptState.EXPIRED, AttemptState.OPEN]


async def test_a_page_about_to_expire_is_not_handed_out_again(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    now = clock.now()
    first = await start(visit)

    with clock.stopped_at(now + timedelta(minutes=57)):
        await signed_in(visit, bojan, at=now + timedelta(minutes=57))
        second = await start(visit)

    assert first.response.headers["location"] != second.response.headers["location"]
    assert [attempt.state for attempt in await attempts()] == [AttemptState.EXPIRED, AttemptState.OPEN]


async def test_paid_in_one_tab_and_pressed_in_another_before_anyone_told_us(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill()
    url = (await start(visit)).response.headers["location"]
    await stripe.choose(url, "paid")

    again = await start(visit, bill, status=409)

    assert "Ta račun je že poravnan." in again.text
    assert await open_of(bill) == 0


async def test_an_open_page_for_a_bill_that_was_paid_elsewhere_is_closed(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    first, second = await bojan.bill(1_000), await bojan.bill(2_000)
    both = (await start(visit)).response.headers["location"]
    await pay(visit, stripe, first)

    await work_off()

    assert "zaključena" in (await stripe.page(both)).text
    assert [await open_of(first), await open_of(second)] == [0, 2_000]


async def test_paid_twice_after_all_is_kept_as_credit(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    first, second = await bojan.bill(1_000), await bojan.bill(2_000)
    both = (await start(visit)).response.headers["location"]
    await pay(visit, stripe, first)

    page = await visit.get(await stripe.choose(both, "paid"))

    assert "Plačali ste 10,00 € preveč. Presežek ostane v vaše dobro" in page.text
    assert [await open_of(first), await open_of(second)] == [0, 0]
    assert await credit_of(bojan.account) == 1_000
    assert await books_balance()


async def test_money_that_its_bill_no_longer_needs_pays_what_else_is_overdue(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    first = await bojan.bill(1_000)
    url = (await start(visit, first)).response.headers["location"]
    second = await bojan.bill(5_000)
    await pay(visit, stripe, first, second)
    third = await bojan.bill(700)

    await visit.get(await stripe.choose(url, "paid"))

    assert await open_of(third) == 0
    assert await credit_of(bojan.account) == 300
    assert await books_balance()
