"""Paying by direct debit: the order is there at once, the money days later. Only the money counts."""

from __future__ import annotations

from portal import clock
from portal.payments.tables import AttemptState, Method
from portal.sandbox.stripe import happening
from tests.payments.books import attempts, books_balance, open_of, pay, payments, start
from tests.payments.stand_in import StandIn
from tests.people import Person
from tests.visiting import Visitor
from tests.working import work_off


async def test_an_ordered_debit_is_not_yet_paid(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill()

    page = await pay(visit, stripe, outcome="debit")

    assert "Vaše plačilo je na poti" in page.text
    assert not page.all("[hx-get]")
    await stripe.tell()
    await work_off()
    assert await open_of(bill) == bill.total_cents
    assert not await payments()
    assert [attempt.state for attempt in await attempts()] == [AttemptState.PENDING]


async def test_bills_under_way_are_not_paid_again(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill, other = await bojan.bill(), await bojan.bill()
    await pay(visit, stripe, bill, outcome="debit")

    page = await start(visit, bill, other, status=409)

    [attempt] = await attempts()
    assert "Plačilo teh računov že poteka" in page.text
    assert page.one(f"main a[href='/payments/{attempt.id}']") is not None
    await start(visit, other)


async def test_the_money_that_arrives_is_booked(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill()
    await pay(visit, stripe, outcome="debit")
    [session], [attempt] = await stripe.sessions(), await attempts()

    await happening.debit_succeeds(session.id, clock.now())
    await stripe.tell()
    await work_off()

    assert "Plačilo prejeto. Hvala." in (await visit.get(f"/payments/{attempt.id}")).text
    assert await open_of(bill) == 0
    [payment] = await payments()
    assert payment.method == Method.SEPA
    assert await books_balance()


async def test_a_bank_that_refuses_leaves_the_bill_open_and_says_so(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill()
    await pay(visit, stripe, outcome="debit")
    [session], [attempt] = await stripe.sessions(), await attempts()

    await happening.debit_fails(session.id, clock.now())
    await stripe.tell()
    await work_off()

    page = await visit.get(f"/payments/{attempt.id}")
    assert "Plačilo ni uspelo" in page.text
    assert await open_of(bill) == bill.total_cents
    await visit.submit(page.form, status=303, follow=False)
    assert [attempt.state for attempt in await attempts()] == [AttemptState.FAILED, AttemptState.OPEN]
