"""A debt is handed over and exported: each once, laid out whole, and withdrawn when it was paid after it had left."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from portal import clock
from portal.audit import AuditEntry, Event
from portal.billing.tables import Bill
from portal.customers.tables import Customer
from portal.dunning import jobs
from portal.dunning.cases import open_case
from portal.dunning.endings import exporting
from portal.dunning.endings.batches import NotLeft, leave, recent, waiting
from portal.dunning.endings.exporting import ExportingAlready, export
from portal.dunning.endings.files import DebtsNotLaidOut, lay_out
from portal.dunning.endings.handing_over import PAID
from portal.dunning.policy import HandOverTo
from portal.money import Money
from portal.settings import settings
from tests.dunning.case_rows import a_case
from tests.dunning.endings import (
    LATER,
    batches,
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
from tests.surroundings import surroundings
from tests.working import waiting as waiting_jobs
from tests.working import work_off
from tests.world import Exchange

AGENCY, ENFORCEMENT = HandOverTo.AGENCY, HandOverTo.ENFORCEMENT
NUMBER = "2026-11-21-agency-1"


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


async def test_a_folder_of_another_time_is_left_alone(folder: Path) -> None:
    (folder / NUMBER).mkdir()
    await in_debt(await a_person())

    [batch] = await export(AGENCY, NOON)

    assert batch.number == "2026-11-21-agency-2"
    assert names_in(folder / NUMBER) == []


async def test_two_at_once_export_each_debt_once(folder: Path) -> None:
    people = [await a_person() for _ in range(4)]
    for person in people:
        await in_debt(person)

    outcomes = await asyncio.gather(*(export(AGENCY, NOON, most=3) for _ in range(3)), return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} <= {list, ExportingAlready}
    found = [account for batch in received(folder) for account in batch.accounts]
    assert sorted(found) == sorted(person.account.number for person in people)


async def test_what_is_paid_after_it_left_is_withdrawn_by_the_next_batch(folder: Path) -> None:
    bojan = await a_person()
    case = await in_debt(bojan)
    await export(AGENCY, NOON)
    await leave(NUMBER, "Nada", NOON)

    await pays_all(bojan)
    await export(AGENCY, noon(TODAY + timedelta(days=1)))
    await export(AGENCY, noon(TODAY + timedelta(days=2)))

    first, second = received(folder)
    assert first.accounts == [bojan.account.number]
    assert second.debts == []
    assert second.withdrawn == [
        {
            "case": str(case.id),
            "batch": NUMBER,
            "customer": bojan.customer.number,
            "account": bojan.account.number,
            "settled_on": "2026-11-21",
            "reason": "paid",
        }
    ]
    [handover] = await handovers()
    assert [handover.settled_at, handover.reversed_at] == [LATER, None]
    assert await open_case(bojan.account.id) is None


async def test_what_is_paid_before_it_left_never_leaves(folder: Path) -> None:
    bojan, ana = await a_person(), await a_person("Ana Žagar")
    for person in (bojan, ana):
        await in_debt(person)
    await export(AGENCY, NOON)

    await pays_all(bojan)
    with pytest.raises(NotLeft, match="Something was taken out of batch"):
        await leave(NUMBER, "Nada", LATER)
    await export(AGENCY, LATER)
    await leave(NUMBER, "Nada", LATER)

    [batch] = received(folder)
    assert (batch.accounts, batch.withdrawn, batch.manifest["edition"]) == ([ana.account.number], [], 2)
    [handover] = [one for one in await handovers() if one.account == bojan.account.id]
    assert [handover.reversed_at, handover.reversed_because, handover.settled_at] == [LATER, PAID, None]


async def test_what_is_paid_while_the_folder_is_written_does_not_leave_either(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bojan, ana = await a_person(), await a_person("Ana Žagar")
    for person in (bojan, ana):
        await in_debt(person)

    async def paid_meanwhile(number: str, files: Mapping[str, bytes]) -> None:
        monkeypatch.undo()
        await lay_out(number, files)
        await pays_all(bojan)

    with surroundings(HANDOVER_DIR=str(folder)):
        monkeypatch.setattr(exporting, "lay_out", paid_meanwhile)
        await export(AGENCY, NOON)

        [batch] = received(folder)
    assert (batch.accounts, batch.manifest["edition"]) == ([ana.account.number], 2)


async def test_what_is_paid_before_it_was_exported_is_in_no_batch(folder: Path) -> None:
    bojan = await a_person()
    await in_debt(bojan)

    await pays_all(bojan)

    assert await export(AGENCY, LATER) == []


async def test_a_batch_leaves_once_and_only_when_it_lies_ready(folder: Path) -> None:
    await in_debt(await a_person())
    with pytest.raises(NotLeft, match="There is no batch"):
        await leave(NUMBER, "Nada", NOON)
    await export(AGENCY, NOON)

    outcomes = await asyncio.gather(*(leave(NUMBER, name, LATER) for name in ("Nada", "Miha")), return_exceptions=True)

    assert sum(isinstance(outcome, NotLeft) for outcome in outcomes) == 1
    assert await AuditEntry.count().where(AuditEntry.event == Event.HANDOVER_LEFT) == 1
    with pytest.raises(NotLeft, match="left on 2026-11-21 17:00 UTC by"):
        await leave(NUMBER, "Nada", LATER)


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


async def test_a_folder_that_is_away_loses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await in_debt(await a_person())
    monkeypatch.setenv("HANDOVER_DIR", str(folder / "mount"))
    settings.cache_clear()
    with clock.stopped_at(NOON):
        await jobs.export_debts_today()

        with pytest.raises(DebtsNotLaidOut, match="it is not there; make it, or mount it"):
            await work_off()
        assert await waiting_jobs() == ["dunning.export_debts"]
        (folder / "mount").mkdir()
        await work_off(later=True)

    assert [batch.number for batch in received(folder / "mount")] == [NUMBER]
    assert len(await batches()) == 1
