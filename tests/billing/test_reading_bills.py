"""Bills as their owner reads them, and as nobody else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.queries import counting
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


async def test_before_the_first_bill_the_page_tells_what_will_be_here(visit: Visitor, ana: Person) -> None:
    page = await visit.get("/bills")

    assert "Računov še ni" in page.text


async def test_what_is_unpaid_stands_first(visit: Visitor, ana: Person) -> None:
    await ana.bill(2_500, due=clock.today() - timedelta(days=40), open_cents=0)
    await ana.bill(4_350, due=clock.today() - timedelta(days=10))

    page = await visit.get("/bills")

    assert [node.text for node in page.all("main h2")] == ["Za plačilo", "Neplačano", "Vsi računi"]
    assert page.form.action == "/bills/payment"


async def test_twelve_bills_a_page_and_a_way_to_older_ones(visit: Visitor, ana: Person) -> None:
    for month in range(14):
        await ana.bill(due=clock.today() - timedelta(days=30 * month + 5), open_cents=0)

    newest = await visit.get("/bills")
    older = await visit.get(newest.one("a[rel=next]").get("href"))

    assert len(newest.all("a.row")) == 12
    assert len(older.all("a.row")) == 2
    assert not older.all("a[rel=next]")


async def test_bills_of_one_day_are_not_lost_between_two_pages(visit: Visitor, ana: Person) -> None:
    for _ in range(14):
        await ana.bill(due=clock.today() - timedelta(days=5), open_cents=0)

    newest = await visit.get("/bills")
    older = await visit.get(newest.one("a[rel=next]").get("href"))

    shown = {row.get("href") for page in (newest, older) for row in page.all("a.row")}
    assert shown == {f"/bills/{bill.id}" for bill in ana.bills}


@pytest.mark.parametrize("before", ["", "yesterday", "2026-13-01", "9" * 40])
async def test_a_day_that_is_none_shows_the_newest(visit: Visitor, ana: Person, before: str) -> None:
    await ana.bill(open_cents=0)

    page = await visit.get(f"/bills?before={before}")

    assert len(page.all("a.row")) == 1


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


async def test_the_pages_of_bills_ask_the_database_briefly(visit: Visitor, ana: Person) -> None:
    bill = await ana.bill()
    for path, most in (("/bills", 2), (f"/bills/{bill.id}", 3)):
        await visit.get(path)
        with counting() as asked:
            await visit.get(path)
        assert len(asked) <= most, f"{path} sends {len(asked)} statements"


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
