"""Paying a part of a bill: exactly that is asked for and settled, and two tabs never pay more than is open."""

from __future__ import annotations

import pytest

from portal import clock
from portal.money import Money
from portal.payments.owing import MoreThanOpen
from portal.payments.paying import start as start_paying
from portal.payments.tables import AttemptState
from portal.payments.wishes import Wish
from tests.payments.books import attempts, books_balance, credit_of, open_of, pay, start
from tests.payments.money import by_bank, choosing, hold_back
from tests.payments.stand_in import StandIn
from tests.people import Person
from tests.visiting import Visitor
from tests.working import work_off


async def paid_part(visit: Visitor, stripe: StandIn, person: Person, cents: str) -> None:
    [bill] = person.bills
    away = await choosing(visit, [bill], {bill.id: cents})
    await visit.get(await stripe.choose(away.response.headers["location"], "paid"))


async def test_a_part_settles_a_part(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(5_000)

    await paid_part(visit, stripe, bojan, "12,50")

    assert await open_of(bill) == 3_750
    assert await books_balance()


async def test_the_parts_of_several_bills_go_where_they_were_meant(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    older, newer = await bojan.bill(5_000), await bojan.bill(4_000)

    away = await choosing(visit, [older, newer], {older.id: "10"})
    await visit.get(await stripe.choose(away.response.headers["location"], "paid"))

    assert [await open_of(older), await open_of(newer)] == [4_000, 0]


async def test_another_amount_withdraws_the_page_of_the_first(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(5_000)
    whole = (await start(visit, bill)).response.headers["location"]

    part = (await choosing(visit, [bill], {bill.id: "10"})).response.headers["location"]

    assert "zaključena" in (await stripe.page(whole)).text
    await visit.get(await stripe.choose(part, "paid"))
    assert await open_of(bill) == 4_000
    assert sorted(attempt.state for attempt in await attempts()) == [AttemptState.EXPIRED, AttemptState.PAID]


async def test_the_same_part_in_two_tabs_is_one_page(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(5_000)

    tabs = [await choosing(visit, [bill], {bill.id: "10"}) for _ in range(2)]

    assert len({tab.response.headers["location"] for tab in tabs}) == 1
    assert len(await attempts()) == 1


async def test_a_part_that_overtakes_another_page_closes_it(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    first, second = await bojan.bill(5_000), await bojan.bill(1_000)
    both = (await start(visit)).response.headers["location"]
    away = await choosing(visit, [first], {first.id: "10"})
    await visit.get(await stripe.choose(away.response.headers["location"], "paid"))

    await work_off()

    assert "zaključena" in (await stripe.page(both)).text
    assert [await open_of(first), await open_of(second)] == [4_000, 1_000]


async def test_a_page_for_what_is_undisputed_is_closed_when_that_is_paid_elsewhere(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    """Else its money, meant for this bill, would settle what is objected to."""
    bill = await bojan.bill(10_000)
    await hold_back(bill, 7_000)
    page = (await start(visit, bill)).response.headers["location"]
    await by_bank(bojan, 3_000, bill)

    await work_off()

    assert "zaključena" in (await stripe.page(page)).text
    assert await open_of(bill) == 7_000


async def test_what_a_part_did_not_need_any_more_goes_on_by_the_rule(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill, other = await bojan.bill(5_000), await bojan.bill(1_000)
    part = (await choosing(visit, [bill], {bill.id: "20"})).response.headers["location"]
    await pay(visit, stripe, bill, other)

    await visit.get(await stripe.choose(part, "paid"))

    assert await credit_of(bojan.account) == 2_000
    assert await books_balance()


async def test_trying_again_asks_for_the_same_part(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(5_000)
    away = await choosing(visit, [bill], {bill.id: "10"})
    page = await visit.get(await stripe.choose(away.response.headers["location"], "left"))

    again = await visit.submit(page.form, status=303, follow=False)
    await visit.get(await stripe.choose(again.response.headers["location"], "paid"))

    assert await open_of(bill) == 4_000


async def test_beside_a_part_on_its_way_only_the_rest_can_be_paid(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill(5_000)
    away = await choosing(visit, [bill], {bill.id: "10"})
    await stripe.choose(away.response.headers["location"], "debit")
    await visit.get(f"/payments/return?session_id={(await stripe.sessions())[0].id}")

    assert "že poteka" in (await start(visit, bill, status=409)).text
    page = await visit.get("/payments/new")
    assert "10,00 € je že na poti" in page.text
    rest = await choosing(visit, [bill])
    await visit.get(await stripe.choose(rest.response.headers["location"], "paid"))

    assert await open_of(bill) == 1_000
    assert await books_balance()


async def test_more_than_is_open_is_refused_wherever_it_comes_from(bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill(5_000)
    assert bojan.login is not None

    with pytest.raises(MoreThanOpen):
        wish = Wish((bill.id,), {bill.id: Money(5_001)})
        await start_paying(bojan.account, wish, login=bojan.login.id, at=clock.now())

    assert not await attempts()
