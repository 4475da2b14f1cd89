"""The benefit asked back is a bill of ours: an open item like any other."""

from __future__ import annotations

from datetime import date, timedelta

from portal import reference
from portal.billing.open_items import overdue
from portal.billing.tables import BillLine
from portal.billing.vat import by_rate
from portal.customers.tables import Customer
from portal.dunning.endings.claiming import FIRST_REFERENCE, put_off
from portal.dunning.owing import overdue_of
from portal.money import Money
from tests.dunning.endings import another_contract, bound, claim_of, terminated
from tests.payments.books import books_balance
from tests.people import TODAY, a_person, signed_in
from tests.visiting import Visitor


async def test_it_has_a_number_and_a_reference_of_its_own(database: str) -> None:
    bojan, ana = await a_person(), await a_person("Ana Žagar")
    for person in (bojan, ana):
        await bound(person)
        await terminated(person)

    first, second = await claim_of(bojan), await claim_of(ana)
    n = int(first.number.removeprefix("V-2026-"))
    assert second.number == f"V-2026-{n + 1:06d}"
    assert first.reference == reference.si12(FIRST_REFERENCE + n)
    assert reference.read_si12(second.reference) == second.reference
    assert await books_balance()


async def test_each_contract_is_a_line_of_it(database: str) -> None:
    bojan = await a_person()
    contract = await bound(bojan)
    await another_contract(bojan, "P900001", committed_until=date(2027, 1, 1), benefit_cents=50_000)
    await terminated(bojan)

    claim = await claim_of(bojan)
    lines = await BillLine.objects().where(BillLine.bill == claim.id).order_by(BillLine.position)
    assert [line.description for line in lines] == [
        f"Vračilo prejete ugodnosti, pogodba {contract.number}, 364 od 730 dni",
        "Vračilo prejete ugodnosti, pogodba P900001, 41 od 2557 dni",
    ]
    assert Money.sum(line.amount for line in lines) == claim.total
    [vat] = by_rate(lines)
    assert vat.percent_tenths == 220


async def test_its_words_are_the_customer_s(database: str) -> None:
    bojan = await a_person()
    await Customer.update({Customer.language: "en"}).where(Customer.id == bojan.customer.id)
    contract = await bound(bojan)
    await terminated(bojan)

    [line] = await BillLine.objects().where(BillLine.bill == (await claim_of(bojan)).id)
    assert line.description == f"Benefit to give back, contract {contract.number}, 364 of 730 days"


async def test_what_comes_to_less_than_a_cent_is_not_claimed(database: str) -> None:
    bojan = await a_person()
    await bound(bojan, cents=1)
    case = await terminated(bojan)

    assert await overdue_of(case.account, TODAY) == Money(8_645)
    assert not await BillLine.exists().where(BillLine.contract == bojan.contract.id)


async def test_it_is_not_overdue_before_its_day(database: str) -> None:
    bojan = await a_person()
    await bound(bojan)
    await terminated(bojan)

    claim = await claim_of(bojan)
    assert claim.due_on == date(2026, 12, 10)
    assert overdue([claim], claim.due_on) == []
    assert await overdue_of(bojan.account.id, claim.due_on) == Money(8_645)
    assert await overdue_of(bojan.account.id, claim.due_on + timedelta(days=1)) == Money(8_645 + 14_958)


async def test_a_demand_that_is_told_late_puts_it_off_and_an_early_one_does_not(database: str) -> None:
    bojan = await a_person()
    await bound(bojan)
    await terminated(bojan)
    claim = await claim_of(bojan)

    assert (await put_off(claim.id, date(2026, 12, 18))).due_on == date(2026, 12, 18)
    assert (await put_off(claim.id, date(2026, 12, 1))).due_on == date(2026, 12, 18)


async def test_it_stands_among_the_bills(visit: Visitor) -> None:
    bojan = await a_person()
    await bound(bojan)
    await terminated(bojan)
    claim = await claim_of(bojan)
    his = await signed_in(visit, bojan)

    page = await his.get(f"/bills/{claim.id}")

    assert claim.number in (await his.get("/bills")).text
    assert "Vračilo prejete ugodnosti" in page.text
    assert "149,58" in page.text
