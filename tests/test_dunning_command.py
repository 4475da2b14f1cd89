"""`portal dunning`: the run as an operator starts it, and a policy looked at before it is put in force."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from portal import clock
from portal.dunning.case_tables import DunningCase, Happened
from portal.dunning.policies import FOLDER
from portal.settings import ROOT
from tests.dunning.case_rows import a_case, a_deferral, happened
from tests.people import a_person

DUE = date(2026, 11, 17)


async def portal(*arguments: str, database: str = "") -> str:
    """What the command says, in one line; also where it ends with a no."""
    command = [sys.executable, "-m", "portal.cli", "dunning", *arguments]
    environment = {**os.environ, "COLUMNS": "200", **({"DATABASE_URL": database} if database else {})}
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return " ".join(f"{done.stdout} {done.stderr}".split())


async def test_a_night_first_planned_then_run_then_run_again(database: str) -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(8_645, due=DUE)

    planned = await portal("run", "--on", "2026-11-18", "--dry-run", database=database)
    assert "│ mobile-2 │ reminder │ 1 │ €86.45 │ €0.00 │" in planned
    assert f"{bojan.account.number} │ mobile-2 │ reminder │ unpaid since 2026-11-17" in planned
    assert "On 2026-11-18 1 would move, with €86.45 overdue and €0.00 of fees; nobody would wait." in planned
    assert not await DunningCase.exists()

    run = await portal("run", "--on", "2026-11-18", database=database)
    assert "Opening cases ━" in run
    assert "1/1" in run
    assert "Moving cases ━" in run
    assert "mobile-2 │ reminder │ 1 │ €86.45" in run
    assert "2026-11-18: opened 1, moved 1" in run
    assert "2026-11-18: opened 0, moved 0" in await portal("run", "--on", "2026-11-18", database=database)
    nobody = await portal("run", "--on", "2026-11-18", "--dry-run", database=database)
    assert "On 2026-11-18 nobody would move; nobody would wait." in nobody


async def test_why_somebody_was_cut_off(database: str) -> None:
    bojan = await a_person("Bojan Kralj")
    assert f"Account {bojan.account.number} has no case." in await portal(
        "case", bojan.account.number, database=database
    )
    case = await a_case(bojan, "outgoing", today=clock.today())
    [bill] = bojan.bills
    await happened(case, Happened.FEE_WAIVED, clock.today(), cents=799, reason="a mistake [of ours]")

    seen = await portal("case", bojan.account.number, database=database)

    assert f"{bojan.account.number}, Bojan Kralj: a case by mobile-2, from {case.opened_on}" in seen
    assert f"Counted from bill {bill.number}, issued on {bill.issued_on}, due on {bill.due_on}" in seen
    assert f"Next: outgoing_and_fixed on {case.next_on}" in seen
    today = clock.today()
    assert f"│ {today} │ step │ outgoing │ €86.45 │ │ │ unpaid bill │ a story │ done │" in seen
    assert f"│ {today} │ fee_waived │ │ €86.45 │ €7.99 │ │ a mistake [of ours] │ a story │ │" in seen
    await a_deferral(bojan, case, until=today + timedelta(days=400))
    held = await portal("case", bojan.account.number, database=database)
    assert f"held: deferred until {today + timedelta(days=400)}" in held


async def test_a_day_that_has_not_come_is_only_planned(database: str) -> None:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(8_645, due=DUE)

    said = await portal("run", "--on", "2126-11-18", database=database)

    assert "2126-11-18 has not come yet" in said
    assert not await DunningCase.exists()
    assert "1 would move" in await portal("run", "--on", "2126-11-18", "--dry-run", database=database)


async def test_a_policy_that_can_be_used_and_what_it_changes(tmp_path: Path) -> None:
    newer = tmp_path / "mobile-3.toml"
    written = (FOLDER / "mobile-2.toml").read_text()
    newer.write_text(
        written.replace("edition = 2", "edition = 3").replace('suspension = "20.98"', 'suspension = "19.99"')
    )

    assert await portal("policy", "check", str(newer)) == "mobile-3 can be used."
    changed = await portal("policy", "diff", str(newer))
    assert '-suspension = "20.98"' in changed
    assert '+suspension = "19.99"' in changed


@pytest.mark.parametrize(
    ("before", "after", "because"),
    [
        ('requires = "notice"\n', "", "bars without a notice before it"),
        ('reconnection = "7.99"', "reconnection = 7.99", "as a string"),
        ("edition = 2", "edition = two", "cannot be used"),
        ('name = "mobile"', 'name = "mobil"', "calls itself mobil-2"),
    ],
)
async def test_a_policy_that_cannot_be_used(tmp_path: Path, before: str, after: str, because: str) -> None:
    odd = tmp_path / "mobile-2.toml"
    odd.write_text((FOLDER / "mobile-2.toml").read_text().replace(before, after))

    said = await portal("policy", "check", str(odd))

    assert because in said
    assert "can be used." not in said


async def test_a_policy_of_a_new_name_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    new = tmp_path / "satellite-1.toml"
    written = (FOLDER / "mobile-2.toml").read_text()
    new.write_text(written.replace('name = "mobile"', 'name = "satellite"').replace("edition = 2", "edition = 1"))

    assert "satellite-1 is the only edition of satellite." in await portal("policy", "diff", str(new))
