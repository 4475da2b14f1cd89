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


async def test_a_page_open_in_another_tab_is_closed_when_the_bank_has_the_order(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill, other = await bojan.bill(), await bojan.bill()
    await start(visit, bill, other)
    await pay(visit, stripe, bill, outcome="debit")

    await work_off()

    assert sorted(attempt.state for attempt in await attempts()) == [AttemptState.EXPIRED, AttemptState.PENDING]
    assert sorted(session.status for session in await stripe.sessions()) == ["complete", "expired"]


async def test_bills_under_way_show_how_far_it_is_instead_of_a_button_to_pay(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill, other = await bojan.bill(3_000), await bojan.bill(2_000)
    await pay(visit, stripe, bill, outcome="debit")
    [attempt] = await attempts()

    for path in ("/bills", f"/bills/{bill.id}"):
        page = await visit.get(path)
        assert page.one(f"main a[href='/payments/{attempt.id}']").text == "Potek plačila"
        assert not page.all("main form")
    assert (await visit.get(f"/bills/{other.id}")).form.action == f"/bills/{other.id}/payment"


async def test_a_bill_that_was_left_unpaid_is_asked_for_as_before(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill()
    await pay(visit, stripe, outcome="left")

    assert (await visit.get("/bills")).form.action == "/bills/payment"
    assert (await visit.get(f"/bills/{bill.id}")).form.action == f"/bills/{bill.id}/payment"


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
