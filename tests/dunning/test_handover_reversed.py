"""A person keeps a debt in the house: any time before the batch that it lies in has left."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from portal.dunning.case_tables import CaseEvent, Happened
from portal.dunning.endings.batches import NotLeft, leave
from portal.dunning.endings.exporting import export
from portal.dunning.endings.going_back import NotReversed, latest_case, resume
from portal.dunning.endings.reversing import reverse_handover
from portal.dunning.policy import HandOverTo
from tests.dunning.case_rows import a_case
from tests.dunning.endings import LATER, TOMORROW, fresh, handovers, in_debt, noon, received
from tests.dunning.nights import live_through
from tests.people import NOON, TODAY, a_person
from tests.world import Exchange

AGENCY, ENFORCEMENT = HandOverTo.AGENCY, HandOverTo.ENFORCEMENT
NUMBER = "2026-11-21-agency-1"
BECAUSE = "the customer called"


async def test_before_the_export_it_is_in_no_batch(folder: Path) -> None:
    case = await in_debt(await a_person())

    await reverse_handover(case, AGENCY, "Nada", BECAUSE, LATER)

    assert await export(AGENCY, LATER) == []
    [handover] = await handovers()
    assert (handover.reversed_by, handover.reversed_because) == ("Nada", BECAUSE)
    assert await CaseEvent.exists().where(
        (CaseEvent.kind == Happened.REVERSED) & (CaseEvent.step == "agency") & (CaseEvent.reason == BECAUSE)
    )


async def test_before_it_leaves_the_batch_is_laid_out_without_it(folder: Path) -> None:
    bojan, ana = await a_person(), await a_person("Ana Žagar")
    case = await in_debt(bojan)
    await in_debt(ana)
    await export(AGENCY, NOON)

    await reverse_handover(case, AGENCY, "Nada", BECAUSE, LATER)
    await export(AGENCY, LATER)

    [batch] = received(folder)
    assert (batch.accounts, batch.manifest["edition"]) == ([ana.account.number], 2)


async def test_after_it_left_it_is_refused(folder: Path) -> None:
    case = await in_debt(await a_person())
    await export(AGENCY, NOON)
    await leave(NUMBER, "Nada", NOON)

    with pytest.raises(NotReversed, match="has left for agency; withdraw it there"):
        await reverse_handover(case, AGENCY, "Nada", BECAUSE, LATER)

    assert [one.reversed_at for one in await handovers()] == [None]


async def test_leaving_and_taking_back_at_once_one_of_them_is_refused(folder: Path) -> None:
    case = await in_debt(await a_person())
    await export(AGENCY, NOON)

    outcomes = await asyncio.gather(
        leave(NUMBER, "Miha", LATER),
        reverse_handover(case, AGENCY, "Nada", BECAUSE, LATER),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, NotLeft | NotReversed) for outcome in outcomes) == 1


async def test_what_was_never_handed_over_is_refused(database: str) -> None:
    case = await a_case(await a_person(), "final_demand")

    with pytest.raises(NotReversed, match="Nothing of this case was handed over to agency"):
        await reverse_handover(case, AGENCY, "Nada", BECAUSE, LATER)


async def test_enforcement_is_taken_back_and_the_agency_keeps_it(folder: Path) -> None:
    case = await a_case(await a_person(), "enforcement")

    await reverse_handover(case, ENFORCEMENT, "Nada", BECAUSE, LATER)

    assert {one.to: one.reversed_at for one in await handovers()} == {AGENCY: None, ENFORCEMENT: LATER}
    assert "agency" in (await fresh(case)).taken


async def test_resumed_it_is_handed_over_again(world: Exchange, folder: Path) -> None:
    bojan = await a_person()
    case = await a_case(bojan, "agency")
    await reverse_handover(case, AGENCY, "Nada", BECAUSE, LATER)
    await live_through(TOMORROW, TOMORROW + timedelta(days=3))
    assert [one.reversed_at for one in await handovers()] == [LATER]

    await resume(await latest_case(bojan.account.number), "Nada", "no answer", noon(TODAY + timedelta(days=5)))
    await live_through(TODAY + timedelta(days=5), TODAY + timedelta(days=5))

    assert [one.reversed_at for one in await handovers()] == [LATER, None]
