"""Money that goes back opens the bills again, once, and money that comes back settles them again."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from portal import clock
from portal.audit import AuditEntry, Event
from portal.billing.tables import Bill
from portal.payments.tables import Allocation, AttemptState, Reversal
from portal.sandbox.stripe import happening
from portal.sandbox.stripe.tables import CheckoutPage
from tests.payments.books import attempts, books_balance, credit_of, open_of, pay, payments, start
from tests.payments.stand_in import StandIn
from tests.people import TODAY, Person
from tests.visiting import Visitor
from tests.working import work_off


async def paid(visit: Visitor, stripe: StandIn, *bills: Bill) -> str:
    """Pays and returns the payment intent."""
    await pay(visit, stripe, *bills)
    return (await stripe.sessions())[-1].intent


async def heard(stripe: StandIn, *, times: int = 1, reverse: bool = False) -> None:
    assert set(await stripe.tell(times=times, reverse=reverse)) == {200}
    await work_off()


async def test_a_full_refund_opens_the_bills_again(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    first, second = await bojan.bill(1_000, due=TODAY - timedelta(days=40)), await bojan.bill(2_000)
    intent = await paid(visit, stripe)

    await happening.refund(intent, None, clock.now())
    await heard(stripe, times=5)

    assert [await open_of(first), await open_of(second)] == [1_000, 2_000]
    assert await Reversal.count() == 1
    assert await books_balance()
    [attempt] = await attempts()
    page = await visit.get(f"/payments/{attempt.id}")
    assert "Plačilo je bilo vrnjeno" in page.text
    assert await AuditEntry.count().where(AuditEntry.event == Event.PAYMENT_REVERSED) == 1


async def test_partial_refunds_open_the_newest_bill_first(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    older, newer = await bojan.bill(1_000, due=TODAY - timedelta(days=40)), await bojan.bill(2_000)
    intent = await paid(visit, stripe)

    await happening.refund(intent, 1_500, clock.now())
    await heard(stripe)
    assert [await open_of(older), await open_of(newer)] == [0, 1_500]

    await happening.refund(intent, 900, clock.now())
    await heard(stripe)
    assert [await open_of(older), await open_of(newer)] == [400, 2_000]
    assert await books_balance()


async def test_the_credit_goes_back_before_any_bill_is_opened(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill, other = await bojan.bill(1_000), await bojan.bill(500)
    both = (await start(visit)).response.headers["location"]
    await paid(visit, stripe, other)
    await visit.get(await stripe.choose(both, "paid"))
    assert await credit_of(bojan.account) == 500

    intent = (await stripe.sessions())[0].intent
    await happening.refund(intent, 700, clock.now())
    await heard(stripe)

    assert await credit_of(bojan.account) == 0
    assert [await open_of(bill), await open_of(other)] == [200, 0]
    assert await books_balance()


async def test_a_refund_told_before_the_payment_ends_the_same(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(1_000)
    await stripe.choose((await start(visit)).response.headers["location"], "paid")
    [session] = await stripe.sessions()
    await happening.refund(session.intent, 400, clock.now())

    await heard(stripe, reverse=True)

    assert await open_of(bill) == 400
    assert len(await payments()) == await Reversal.count() == 1
    assert await books_balance()


async def test_a_refund_that_failed_settles_the_bill_again(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(1_000)
    refund = await happening.refund(await paid(visit, stripe), None, clock.now())
    await heard(stripe)

    await happening.refund_fails(refund.id, clock.now())
    await heard(stripe, times=3)

    assert await open_of(bill) == 0
    assert len(await payments()) == 1
    assert await books_balance()


async def test_a_dispute_opens_the_bill_and_a_won_one_settles_it(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill(1_000)
    dispute = await happening.dispute(await paid(visit, stripe), clock.now())
    assert dispute is not None
    await heard(stripe, times=2)
    assert await open_of(bill) == 1_000

    await happening.decide_dispute(dispute.id, is_won=True, at=clock.now())
    await heard(stripe, times=2, reverse=True)

    assert await open_of(bill) == 0
    assert [row.amount_cents for row in await Reversal.objects().order_by(Reversal.at)] == [1_000, -1_000]
    assert await books_balance()


async def test_a_lost_dispute_leaves_the_bill_open(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(1_000)
    dispute = await happening.dispute(await paid(visit, stripe), clock.now())
    assert dispute is not None

    await happening.decide_dispute(dispute.id, is_won=False, at=clock.now())
    await heard(stripe)

    assert await open_of(bill) == 1_000
    assert await Reversal.count() == 1


async def test_a_refund_after_a_won_dispute_opens_the_bill_once(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(1_000)
    intent = await paid(visit, stripe)
    dispute = await happening.dispute(intent, clock.now(), 400)
    assert dispute is not None
    await happening.decide_dispute(dispute.id, is_won=True, at=clock.now())
    await heard(stripe)

    await happening.refund(intent, None, clock.now())
    await heard(stripe)

    assert await open_of(bill) == 1_000
    assert await books_balance()


async def test_more_than_came_cannot_go_back(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(1_000)
    intent = await paid(visit, stripe)
    await happening.dispute(intent, clock.now())
    await heard(stripe)

    await happening.refund(intent, 600, clock.now())
    await heard(stripe)

    assert await open_of(bill) == 1_000
    assert sum(row.amount_cents for row in await Reversal.objects()) == 1_000
    assert await books_balance()


async def test_money_in_another_amount_is_held_and_nothing_is_booked(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill(1_000)
    url = (await start(visit)).response.headers["location"]
    await CheckoutPage.update({CheckoutPage.total_cents: 900}, force=True)

    page = await visit.get(await stripe.choose(url, "paid"))
    await heard(stripe, times=3)

    assert "Vaše plačilo pregledujemo" in page.text
    assert await open_of(bill) == 1_000
    assert not await payments()
    assert [attempt.state for attempt in await attempts()] == [AttemptState.HELD]
    assert await AuditEntry.count().where(AuditEntry.event == Event.PAYMENT_HELD) == 1
    assert "že poteka" in (await start(visit, status=409)).text


async def test_held_money_that_is_refunded_lets_the_customer_pay_anew(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    await bojan.bill(1_000)
    url = (await start(visit)).response.headers["location"]
    await CheckoutPage.update({CheckoutPage.currency: "usd"}, force=True)
    await visit.get(await stripe.choose(url, "paid"))
    [session] = await stripe.sessions()

    await happening.refund(session.intent, None, clock.now())
    await heard(stripe)

    assert [attempt.state for attempt in await attempts()] == [AttemptState.FAILED]
    await start(visit)


async def test_allocations_are_written_once_and_never_changed(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill(1_000)
    await paid(visit, stripe)

    with pytest.raises(asyncpg.RaiseError):
        await Allocation.update({Allocation.amount_cents: 1}, force=True)
