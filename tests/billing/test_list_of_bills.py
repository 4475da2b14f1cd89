"""The list of bills: what is to pay first, then three years by year, with what they came to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bench.queries import counting
from portal import clock
from portal.billing.tables import BillKind
from portal.customers.tables import CustomerKind
from portal.identity.tables import Access, Session
from tests.billing.bill_rows import a_claim
from tests.billing.lists import change, listed, monthly, totals
from tests.people import NOON, TODAY, Person, a_person, saved, signed_in
from tests.visiting import Visitor


@pytest.fixture
async def ana(visit: Visitor) -> AsyncIterator[Person]:
    with clock.stopped_at(NOON):
        ana = await a_person("Ana Zupan")
        await signed_in(visit, ana, at=NOON)
        yield ana


async def test_before_the_first_bill_the_page_tells_what_will_be_here(visit: Visitor, ana: Person) -> None:
    page = await visit.get("/bills")

    assert "Računov še ni" in page.text
    assert not page.all("main form") and not page.all("figure") and not page.all("#results dl")


async def test_one_bill_needs_no_sums_no_chart_and_no_search(visit: Visitor, ana: Person) -> None:
    bill = await ana.bill()

    page = await visit.get("/bills")

    assert listed(page) == [f"/bills/{bill.id}"]
    assert page.form.action == "/bills/payment"
    assert not page.all("figure") and not page.all("#results dl")


async def test_what_is_unpaid_stands_first_the_longest_due_on_top(visit: Visitor, ana: Person) -> None:
    await ana.bill(2_500, due=TODAY - timedelta(days=40), open_cents=0)
    late = await ana.bill(4_350, due=TODAY - timedelta(days=10))
    later = await ana.bill(5_000, due=TODAY + timedelta(days=8))

    page = await visit.get("/bills")

    assert [node.text for node in page.all("main h2")] == ["Za plačilo", "Neplačano", "Vsi računi"]
    unpaid = page.all("section:not(#results) a.row[href^='/bills/']")
    assert [row.get("href") for row in unpaid] == [f"/bills/{late.id}", f"/bills/{later.id}"]
    assert "Plačaj 43,50 €" in page.text
    assert page.one("aside a[href='/payments/new']") is not None


async def test_a_part_that_is_paid_and_one_that_is_disputed_are_told(visit: Visitor, ana: Person) -> None:
    await ana.bill(10_000, open_cents=4_000)
    disputed = await ana.bill(9_000)
    await change(disputed, disputed_cents=2_000)
    whole = await ana.bill(7_700)
    await change(whole, disputed_cents=7_700)

    page = await visit.get("/bills")

    assert "od 100,00 €" in page.text and "Še za plačilo: 40,00 €" in page.text
    assert "Od tega ugovarjate znesku 20,00 €" in page.text
    assert "v obravnavi" in page.text
    assert "Plačaj 110,00 €" in page.text
    assert totals(page)["Zapadlo"] == "2 računa 110,00 €"


async def test_nothing_is_asked_for_while_all_of_it_is_disputed(visit: Visitor, ana: Person) -> None:
    bill = await ana.bill(9_000)
    await change(bill, disputed_cents=9_000)

    page = await visit.get("/bills")

    assert not page.all("main form") and not page.all("aside .card")
    assert "v obravnavi" in page.text


async def test_three_years_on_a_page_by_year_and_a_way_to_older_ones(visit: Visitor, ana: Person) -> None:
    await monthly(ana, 40)

    newest = await visit.get("/bills")
    older = await visit.get(newest.one("a[rel=next]").get("href") or "")

    assert listed(newest) + listed(older) == [f"/bills/{bill.id}" for bill in ana.bills]
    assert len(listed(newest)) == 36
    assert [node.text for node in newest.all(".year h3")] == ["2026", "2025", "2024", "2023"]
    assert not older.all("a[rel=next]")


async def test_a_year_can_be_kept(visit: Visitor, ana: Person) -> None:
    await monthly(ana, 12)

    page = await visit.get("/bills")

    kept = page.all(".year > a[download]")
    assert [link.get("href") for link in kept] == ["/bills/2026.zip", "/bills/2025.zip"]
    assert page.one("main a[href='/payments']") is not None


async def test_bills_from_long_ago_are_seen_at_once_when_nothing_came_since(visit: Visitor, ana: Person) -> None:
    bill = await ana.bill(due=date(2019, 5, 20), open_cents=0)

    assert listed(await visit.get("/bills")) == [f"/bills/{bill.id}"]


async def test_four_hundred_bills_are_all_there_a_page_at_a_time(visit: Visitor, ana: Person) -> None:
    for n in range(400):
        await ana.bill(due=TODAY - timedelta(days=n // 4), open_cents=0)

    page, seen = await visit.get("/bills"), list[str]()
    while True:
        assert len(listed(page)) <= 60
        seen += listed(page)
        if not (way_on := page.all("a[rel=next]")):
            break
        page = await visit.get(way_on[0].get("href") or "")

    assert len(seen) == len(set(seen)) == 400


async def test_bills_of_one_day_are_not_lost_between_two_pages(visit: Visitor, ana: Person) -> None:
    for _ in range(61):
        await ana.bill(due=TODAY - timedelta(days=5), open_cents=0)

    newest = await visit.get("/bills")
    older = await visit.get(newest.one("a[rel=next]").get("href") or "")

    assert set(listed(newest) + listed(older)) == {f"/bills/{bill.id}" for bill in ana.bills}


@pytest.mark.parametrize("before", ["", "yesterday", "2026-13-01", "9" * 40])
async def test_a_day_that_is_none_shows_the_newest(visit: Visitor, ana: Person, before: str) -> None:
    bill = await ana.bill(open_cents=0)

    assert listed(await visit.get(f"/bills?before={before}")) == [f"/bills/{bill.id}"]


async def test_the_sums_say_what_is_open_what_is_overdue_and_what_a_year_came_to(visit: Visitor, ana: Person) -> None:
    await monthly(ana, 14, 1_000)
    await ana.bill(2_000, due=TODAY - timedelta(days=1))
    await ana.bill(3_000, due=TODAY + timedelta(days=10))

    sums = totals(await visit.get("/bills"))

    assert sums == {
        "Odprto zdaj": "2 računa 50,00 €",
        "Zapadlo": "1 račun 20,00 €",
        "Zadnjih 12 mesecev": "14 računov 170,00 €",
    }


async def test_a_credit_note_shows_a_minus_and_what_it_corrects(visit: Visitor, ana: Person) -> None:
    bill = await ana.bill(5_000, open_cents=0)
    note = await ana.bill(1_200, open_cents=0)
    await change(note, kind=BillKind.CREDIT_NOTE, total_cents=-1_200, corrects=bill.id)

    page = await visit.get("/bills")

    row = page.one(f"#results a[href='/bills/{note.id}']")
    words = " ".join("".join(row.itertext()).replace("\u202f", " ").split())
    assert "−12,00 €" in words
    assert f"Dobropis {note.number} dobropis Popravlja račun {bill.number}" in words
    assert totals(page)["Zadnjih 12 mesecev"] == "2 računa 38,00 €"


async def test_a_claim_is_not_told_as_the_bill_of_a_month(visit: Visitor, ana: Person) -> None:
    claim = await a_claim(ana)

    page = await visit.get("/bills")

    words = "".join(page.one(f"#results a[href='/bills/{claim.id}']").itertext()).split()
    assert words[:3] == ["Vračilo", "prejete", "ugodnosti"]


async def test_a_bill_of_nothing_is_neither_paid_nor_open(visit: Visitor, ana: Person) -> None:
    await ana.bill(0)

    page = await visit.get("/bills")

    assert "brez plačila" in page.text
    assert not page.all("main form")


async def test_the_list_asks_the_database_twice_however_long_it_is(visit: Visitor, ana: Person) -> None:
    await monthly(ana, 40)
    await ana.bill()
    for path in ("/bills", "/bills?q=30&state=paid", "/bills?before=2025-01-01."):
        await visit.get(path)
        with counting() as asked:
            await visit.get(path)
        assert len(asked) == 2, f"{path} sends {len(asked)} statements: the session and the list"


async def test_another_account_of_the_same_person_has_a_list_of_its_own(visit: Visitor, ana: Person) -> None:
    assert ana.login is not None
    company = await a_person("Zupan d.o.o.", kind=CustomerKind.COMPANY, registered=False)
    await saved(Access(login=ana.login.id, customer=company.customer.id))
    his = await company.bill(7_777, open_cents=0)
    await ana.bill(1_111, open_cents=0)
    await Session.update({Session.account: company.account.id}, force=True)

    page = await visit.get("/bills")

    assert listed(page) == [f"/bills/{his.id}"]
    assert "11,11 €" not in page.text
