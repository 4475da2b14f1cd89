"""A bill as its owner reads it, and as nobody else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.billing.tables import BillLine
from portal.billing.vat import by_rate
from portal.identity.tables import Access, Session
from portal.money import Money
from tests.dunning.case_rows import a_case
from tests.people import Person, a_person, saved, signed_in
from tests.visiting import Visitor


@pytest.fixture
async def ana(visit: Visitor) -> Person:
    ana = await a_person("Ana Zupan")
    await signed_in(visit, ana)
    return ana


async def test_a_bill_shows_its_lines_its_vat_and_what_was_paid(visit: Visitor, ana: Person) -> None:
    bill = await ana.bill(12_200, open_cents=2_200)

    page = await visit.get(f"/bills/{bill.id}")

    assert "Naročnina" in page.text
    assert "100,00 €" in page.text, "the net amount, and what was paid"
    assert "22,00 €" in page.text, "the tax, and what is still open"
    assert page.form.action == f"/bills/{bill.id}/payment"


async def test_a_bill_beside_others_says_what_is_overdue_in_all(visit: Visitor, ana: Person) -> None:
    late = clock.today() - timedelta(days=10)
    first, _ = await ana.bill(1_000, due=late), await ana.bill(2_000, due=late)
    not_yet = await ana.bill(4_000, due=clock.today() + timedelta(days=10))

    for bill in (first, not_yet):
        page = await visit.get(f"/bills/{bill.id}")
        assert "Skupaj je zapadlo 30,00 €." in page.text
        assert page.one(".card a[href='/']") is not None


async def test_whoever_is_cut_off_reads_what_connects_them_again(visit: Visitor, ana: Person) -> None:
    await a_case(ana, "outgoing", today=clock.today(), cents=1_000)
    await ana.bill(2_000, due=clock.today() - timedelta(days=10))

    page = await visit.get(f"/bills/{ana.bills[0].id}")

    assert "Za ponovni priklop morajo biti poravnani vsi zapadli računi: skupaj 30,00 €." in page.text


async def test_a_bill_that_is_all_there_is_to_pay_says_nothing_of_others(visit: Visitor, ana: Person) -> None:
    bill = await ana.bill(due=clock.today() - timedelta(days=10))
    await ana.bill(due=clock.today() + timedelta(days=10))

    page = await visit.get(f"/bills/{bill.id}")

    assert not page.all(".card a[href='/']")


async def test_a_paid_bill_asks_for_nothing(visit: Visitor, ana: Person) -> None:
    bill = await ana.bill(open_cents=0)

    page = await visit.get(f"/bills/{bill.id}")

    assert "plačano" in page.text
    assert not page.all("main form")


async def test_a_stranger_learns_nothing(visit: Visitor, ana: Person) -> None:
    bojan = await a_person("Bojan Kralj")
    bill = await bojan.bill()

    await visit.get(f"/bills/{bill.id}", status=404)


async def test_one_who_shares_the_customer_sees_the_same(visit: Visitor, ana: Person) -> None:
    bill = await ana.bill(9_901)
    shared = await a_person("Cvetka Mlakar")
    assert shared.login is not None
    await saved(Access(login=shared.login.id, customer=ana.customer.id))
    await signed_in(visit, shared)
    await Session.update({Session.account: ana.account.id}, force=True)

    page = await visit.get(f"/bills/{bill.id}")

    assert "99,01 €" in page.text


@given(st.lists(st.tuples(st.integers(-(10**7), 10**7), st.sampled_from([220, 95, 0])), max_size=40))
def test_net_and_tax_make_the_gross(lines: list[tuple[int, int]]) -> None:
    rates = by_rate(
        BillLine(
            position=n, bill=None, description="", amount_cents=cents, vat_percent_tenths=rate, _ignore_missing=True
        )
        for n, (cents, rate) in enumerate(lines)
    )

    assert Money.sum(rate.gross for rate in rates) == Money(sum(cents for cents, _ in lines))
    for rate in rates:
        assert rate.net + rate.vat == rate.gross
        assert (
            abs(rate.vat.cents * (1000 + rate.percent_tenths) - rate.gross.cents * rate.percent_tenths) * 2
            <= 1000 + rate.percent_tenths
        )
