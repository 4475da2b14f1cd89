"""`portal dunning terminations` and `portal dunning handover`: what staff see of endings and do with them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import clock
from portal.dunning.endings.exporting import export
from portal.dunning.policy import HandOverTo
from portal.settings import ROOT
from tests.dunning.endings import bound, in_debt, names_in, terminated
from tests.people import NOON, a_person
from tests.surroundings import surroundings


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Iterator[Path]:
    with surroundings(HANDOVER_DIR=str(tmp_path), DATABASE_URL=database):
        yield tmp_path


async def portal(*arguments: str) -> str:
    command = [sys.executable, "-m", "portal.cli", "dunning", *arguments]
    done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False)
    return " ".join(f"{done.stdout} {done.stderr}".split())


async def test_a_day_with_the_agency(folder: Path) -> None:
    bojan = await a_person()
    await in_debt(bojan)
    account = bojan.account.number

    assert "No batch was made yet. Debts that wait for the agency: 1" in await portal("handover", "list")
    assert "lies ready" in await portal("handover", "export")
    assert "Nothing is new." in await portal("handover", "export", "--to", "agency")
    [number] = names_in(folder)
    assert "lies ready" in await portal("handover", "list")
    assert f"Batch {number} has left, debts: 1, withdrawn: 0" in await portal("handover", "leave", number)
    assert f"Batch {number} left on" in await portal("handover", "leave", number)
    reason = ("--because", "they called")
    assert "has left for agency" in await portal("handover", "reverse", account, "--to", "agency", *reason)


async def test_a_debt_is_kept_in_the_house_and_goes_on(folder: Path) -> None:
    bojan = await a_person()
    await in_debt(bojan)
    account = bojan.account.number
    reason = ("--because", "they called", "--by", "Nada")
    with clock.stopped_at(NOON):
        await export(HandOverTo.AGENCY, NOON)

    assert "stays here" in await portal("handover", "reverse", account, "--to", "agency", *reason)
    assert "to be laid" in await portal("handover", "list")
    assert "The next step is on" in await portal("terminations", "resume", account, *reason)
    assert "does not stand still" in await portal("terminations", "resume", account, *reason)


async def test_the_end_of_a_contract_is_seen_and_taken_back(database: str, folder: Path) -> None:
    assert "No contract was terminated." in await portal("terminations", "list")
    bojan = await a_person()
    await bound(bojan)
    await terminated(bojan)
    reason = ("--because", "instalments", "--by", "Nada")

    seen = await portal("terminations", "list")
    assert "stands" in seen
    assert "€149.58" in seen
    assert "go on" in await portal("terminations", "reverse", bojan.account.number, *reason)
    assert "was taken back before" in await portal("terminations", "reverse", bojan.account.number, *reason)
    assert "has no case" in await portal("terminations", "reverse", "1", *reason)
    assert "1 to 200 characters" in await portal("terminations", "reverse", "1", "--because", " ")
