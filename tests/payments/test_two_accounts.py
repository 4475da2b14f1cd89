"""Who has two accounts pays the one that the payment is of, whichever they look at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.customers.tables import Account
from portal.payments.tables import PaymentAttempt
from portal.sandbox.stripe import happening
from tests.payments.books import attempts, open_of, pay
from tests.payments.stand_in import StandIn
from tests.people import TODAY, Person, a_bill, a_person, saved, signed_in
from tests.visiting import Visitor
from tests.working import work_off

OVERDUE = TODAY - timedelta(days=10)


@pytest.fixture
async def second(bojan: Person) -> Account:
    """Another account of Bojan's, which stands after the one he looks at."""
    return await saved(Account(customer=bojan.customer.id, number="9"))


async def look_at(visit: Visitor, account: Account) -> None:
    page = await visit.get("/account")
    await visit.submit(page.form_to("/account/choice"), account=str(account.id), status=303, follow=False)


async def returned(visit: Visitor, stripe: StandIn, account: Account) -> PaymentAttempt:
    """A payment of this account that went back; the bills are open again."""
    await look_at(visit, account)
    await pay(visit, stripe)
    await happening.refund((await stripe.sessions())[-1].intent, None, clock.now())
    await stripe.tell()
    await work_off()
    return (await attempts())[-1]


async def test_the_rest_is_paid_of_the_payments_own_account(
    visit: Visitor, bojan: Person, second: Account, stripe: StandIn
) -> None:
    ours, theirs = await bojan.bill(1_000), await a_bill(second, 2_000, due=OVERDUE)
    attempt = await returned(visit, stripe, second)
    await look_at(visit, bojan.account)

    page = await visit.get(f"/payments/{attempt.id}")
    away = await visit.submit(page.form_to(f"/payments/{attempt.id}/rest"), status=303, follow=False)
    await visit.get(await stripe.choose(away.response.headers["location"], "paid"))

    assert "Plačaj 20,00 €" in page.text
    assert [await open_of(ours), await open_of(theirs)] == [1_000, 0]


async def test_bills_are_linked_only_where_their_pages_answer(
    visit: Visitor, bojan: Person, second: Account, stripe: StandIn
) -> None:
    bill = await a_bill(second, 2_000, due=OVERDUE)
    await look_at(visit, second)
    page = await pay(visit, stripe)
    assert page.one(f"a[href='/bills/{bill.id}']") is not None

    await look_at(visit, bojan.account)
    page = await visit.get(page.path)

    assert bill.number in page.text
    assert not page.all(f"a[href='/bills/{bill.id}']")


async def test_the_rest_of_a_strangers_payment_is_not_there(
    visit: Visitor, bojan: Person, second: Account, stripe: StandIn
) -> None:
    await a_bill(second, 2_000, due=OVERDUE)
    attempt = await returned(visit, stripe, second)
    await signed_in(visit, await a_person("Tujec Neznani"))

    token = (await visit.get("/account")).form_to("/sign-out").fields["csrf_token"]
    await visit.post(f"/payments/{attempt.id}/rest", {"csrf_token": token}, status=404)

    assert len(await attempts()) == 1
