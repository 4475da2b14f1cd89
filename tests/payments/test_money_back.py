"""Money that goes back opens the bills again, once, and money that comes back settles them again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import timedelta

import asyncpg
import pytest

from portal import clock
from portal.audit import AuditEntry, Event
from portal.billing.tables import Bill
from portal.money import Money
from portal.payments.held import held_payments
from portal.payments.tables import Allocation, AttemptState, Reversal
from portal.sandbox.stripe import happening
from portal.sandbox.stripe.tables import CheckoutPage
from portal.settings import ROOT
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
    assert "Vrnjeno vam je bilo 30,00 €. Kar je bilo s tem plačano, je na vaših računih spet odprto." in page.text
    assert await AuditEntry.count().where(AuditEntry.event == Event.PAYMENT_REVERSED) == 1


async def test_partial_refunds_open_the_newest_bill_first(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    older, newer = await bojan.bill(1_000, due=TODAY - timedelta(days=40)), await bojan.bill(2_000)
    intent = await paid(visit, stripe)

    await happening.refund(intent, 1_500, clock.now())
    await heard(stripe)
    assert [await open_of(older), await open_of(newer)] == [0, 1_500]
    page = await visit.get(f"/payments/{(await attempts())[0].id}")
    assert "Del plačila je bil vrnjen" in page.text
    assert "Vrnjeno vam je bilo 15,00 €." in page.text

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


async def test_credit_that_went_back_opens_no_bill_and_the_page_does_not_say_so(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    await bojan.bill(1_000)
    other = await bojan.bill(500)
    both = (await start(visit)).response.headers["location"]
    await paid(visit, stripe, other)
    page = await visit.get(await stripe.choose(both, "paid"))

    await happening.refund((await stripe.sessions())[0].intent, 500, clock.now())
    await heard(stripe)

    page = await visit.get(page.path)
    assert "Del plačila je bil vrnjen" in page.text
    assert "Vrnjeno vam je bilo 5,00 €." in page.text
    assert "spet odprto" not in page.text


async def test_a_reopened_bill_that_is_paid_again_is_not_called_open(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    await bojan.bill(1_000)
    intent = await paid(visit, stripe)
    await happening.refund(intent, None, clock.now())
    await heard(stripe)
    await pay(visit, stripe)

    page = await visit.get(f"/payments/{(await attempts())[0].id}")

    assert "Plačilo je bilo vrnjeno" in page.text
    assert "spet odprto" not in page.text


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
    assert page.one("main a[href='tel:+38640404040']") is not None


async def test_held_money_is_listed_for_who_looks_into_it(
    database: str, visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    await bojan.bill(1_000)
    assert await held_payments() == []
    url = (await start(visit)).response.headers["location"]
    await CheckoutPage.update({CheckoutPage.total_cents: 900}, force=True)

    await visit.get(await stripe.choose(url, "paid"))

    [held], [session] = await held_payments(), await stripe.sessions()
    assert (held.account, held.asked, held.session) == (bojan.account.number, Money(1_000), session.id)
    assert clock.now() - held.since < timedelta(minutes=1)
    said = await asyncio.to_thread(command, database, "payments", "held")
    assert all(words in said for words in (bojan.account.number, "€10.00", session.id))


def command(database: str, *arguments: str) -> str:
    """What `portal …` says, as a process of its own on this database."""
    own = {"PORTAL_URL": "http://127.0.0.1", "PORTAL_SANDBOX": "1", "DATABASE_URL": database, "COLUMNS": "200"}
    line = [sys.executable, "-m", "portal.cli", *arguments]
    return subprocess.run(
        line, cwd=ROOT, env=os.environ | own, capture_output=True, encoding="utf-8", check=True
    ).stdout


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
