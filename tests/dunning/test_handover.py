"""A debt is handed over and exported: each once, laid out whole, as the schema says."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from portal import clock
from portal.audit import AuditEntry, Event
from portal.billing.tables import Bill
from portal.customers.tables import Customer
from portal.dunning.endings.batches import leave, recent, waiting
from portal.dunning.endings.exporting import ExportingAlready, export
from portal.money import Money
from tests.dunning.case_rows import a_case
from tests.dunning.endings import (
    AGENCY,
    ENFORCEMENT,
    LATER,
    NUMBER,
    bound,
    handed_over,
    handovers,
    in_debt,
    names_in,
    noon,
    pays_all,
    received,
    terminated,
)
from tests.dunning.nights import live_through
from tests.dunning.schema import faults
from tests.people import NOON, TODAY, a_bill, a_person
from tests.world import Exchange


async def test_a_debt_is_told_with_all_that_a_receiver_needs(folder: Path) -> None:
    bojan = await a_person()
    await Customer.update({Customer.tax_number: "12345679"}).where(Customer.id == bojan.customer.id)
    contract = await bound(bojan)
    case = await terminated(bojan)
    at = noon(TODAY + timedelta(days=25))
    await handed_over(case, at=at)

    await export(AGENCY, at)

    [batch] = received(folder)
    [debt] = batch.debts
    assert debt["customer"] | {"name": "Bojan Kralj", "tax_number": "12345679", "city": "Ljubljana"} == debt["customer"]
    assert (debt["case"], debt["account"]) == (str(case.id), bojan.account.number)
    assert debt["contracts"][0] | {"number": contract.number, "ended_on": "2026-11-21"} == debt["contracts"][0]
    assert [bill["open"] for bill in debt["bills"]] == ["86.45", "149.58"]
    assert [(line["claim"], line["back"]) for line in debt["benefits"]] == [(debt["bills"][1]["number"], "149.58")]
    assert [notice["step"] for notice in debt["notices"]][-1] == "incoming"
    assert (debt["total"], batch.manifest["total"]) == ("236.03", "236.03")


async def test_an_export_is_as_its_schema_says(folder: Path) -> None:
    bojan, ana = await a_person(), await a_person("Ana Žagar")
    await bound(ana)
    for person in (bojan, ana):
        await in_debt(person)
    await export(AGENCY, NOON)
    await leave(NUMBER, "Nada", NOON)
    await pays_all(bojan)
    await in_debt(await a_person("Cene Novak"))
    await export(AGENCY, LATER)

    for batch in received(folder):
        assert faults("manifest", batch.manifest) == []
        assert [faults("debt", debt) for debt in batch.debts] == [[] for _ in batch.debts]
        assert [faults("withdrawn", line) for line in batch.withdrawn] == [[] for _ in batch.withdrawn]
    assert faults("debt", {**batch.debts[0], "total": 86.45}) == ["debt.total is no string"]


async def test_what_is_disputed_is_not_handed_over(folder: Path) -> None:
    bojan = await a_person()
    case = await terminated(bojan)
    other = await a_bill(bojan.account, 5_000, due=TODAY - timedelta(days=60))
    await Bill.update({Bill.disputed_cents: 3_000}).where(Bill.id == other.id)
    await handed_over(case)

    await export(AGENCY, NOON)

    [handover] = await handovers()
    assert handover.amount == Money(8_645 + 2_000)
    [debt] = received(folder)[0].debts
    assert sorted(bill["open"] for bill in debt["bills"]) == ["20.00", "86.45"]


async def test_a_debt_is_handed_over_once_to_each(database: str) -> None:
    bojan = await a_person()
    case = await in_debt(bojan)
    await handed_over(case)
    await handed_over(case, ENFORCEMENT)

    assert [one.to for one in await handovers()] == [AGENCY, ENFORCEMENT]
    assert await AuditEntry.count().where(AuditEntry.event == Event.HANDED_OVER) == 2


async def test_each_receiver_has_batches_of_its_own(folder: Path) -> None:
    bojan, ana = await a_person(), await a_person("Ana Žagar")
    await in_debt(bojan)
    await in_debt(ana, ENFORCEMENT)

    await export(AGENCY, NOON)
    await export(ENFORCEMENT, NOON)

    agency, enforcement = received(folder)
    assert (agency.number, agency.accounts) == (NUMBER, [bojan.account.number])
    assert (enforcement.number, enforcement.accounts) == ("2026-11-21-enforcement-1", [ana.account.number])


async def test_exported_again_nothing_is_new(folder: Path) -> None:
    await in_debt(await a_person())
    await export(AGENCY, NOON)
    before = {path: path.read_bytes() for path in (folder / NUMBER).iterdir()}

    assert await export(AGENCY, LATER) == []

    assert {path: path.read_bytes() for path in (folder / NUMBER).iterdir()} == before
    assert names_in(folder) == [NUMBER]


async def test_nothing_is_made_of_nothing(folder: Path) -> None:
    assert await export(AGENCY, NOON) == []
    assert names_in(folder) == []


async def test_batches_hold_so_many_and_are_numbered_by_day(folder: Path) -> None:
    people = [await a_person() for _ in range(3)]
    for person in people:
        await in_debt(person)

    await export(AGENCY, NOON, most=2)
    await in_debt(await a_person())
    await export(AGENCY, NOON + timedelta(days=1))

    assert [(batch.number, len(batch.debts)) for batch in received(folder)] == [
        (NUMBER, 2),
        ("2026-11-21-agency-2", 1),
        ("2026-11-22-agency-1", 1),
    ]


async def test_two_at_once_export_each_debt_once(folder: Path) -> None:
    people = [await a_person() for _ in range(4)]
    for person in people:
        await in_debt(person)

    outcomes = await asyncio.gather(*(export(AGENCY, NOON, most=3) for _ in range(3)), return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} <= {list, ExportingAlready}
    found = [account for batch in received(folder) for account in batch.accounts]
    assert sorted(found) == sorted(person.account.number for person in people)


async def test_staff_see_what_lies_ready_and_what_waits(folder: Path) -> None:
    await in_debt(await a_person())
    await export(AGENCY, NOON)
    await in_debt(await a_person())

    [batch] = await recent()
    assert (batch.debts, batch.total, batch.is_laid_out, batch.left_at) == (1, Money(8_645), True, None)
    assert [(one.to, one.debts) for one in await waiting()] == [(AGENCY, 1)]


async def test_the_ladder_hands_over_after_the_demand_s_last_day(world: Exchange, folder: Path) -> None:
    bojan = await a_person()
    await a_case(bojan, "incoming", days_ago=30)

    await live_through(TODAY, TODAY + timedelta(days=30))

    [handover] = await handovers()
    assert clock.day_of(handover.at) > TODAY + timedelta(days=18)
    assert handover.amount == Money(8_645)
