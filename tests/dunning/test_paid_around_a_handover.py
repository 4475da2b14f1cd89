"""A debt that is paid before or after it left is withdrawn, and no folder loses anything."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from portal import clock
from portal.audit import AuditEntry, Event
from portal.dunning import jobs
from portal.dunning.cases import open_case
from portal.dunning.endings import exporting
from portal.dunning.endings.batches import NotLeft, leave
from portal.dunning.endings.exporting import export
from portal.dunning.endings.files import DebtsNotLaidOut, lay_out
from portal.dunning.endings.handing_over import PAID
from portal.settings import settings
from tests.dunning.endings import (
    AGENCY,
    LATER,
    NUMBER,
    batches,
    handovers,
    in_debt,
    names_in,
    noon,
    pays_all,
    received,
)
from tests.people import NOON, TODAY, a_person
from tests.surroundings import surroundings
from tests.working import waiting as waiting_jobs
from tests.working import work_off


async def test_a_folder_of_another_time_is_left_alone(folder: Path) -> None:
    (folder / NUMBER).mkdir()
    await in_debt(await a_person())

    [batch] = await export(AGENCY, NOON)

    assert batch.number == "2026-11-21-agency-2"
    assert names_in(folder / NUMBER) == []


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
