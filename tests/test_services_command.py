"""`portal services`: what an operator gives the billing system, and a catalogue checked before it is in force."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from portal.services.catalogue import FOLDER
from portal.settings import ROOT
from tests.people import NOON, Person
from tests.services.asking import has
from tests.services.conftest import ana, noon
from tests.world import exchange, mailbox, phone

__all__ = ["ana", "exchange", "mailbox", "noon", "phone"]


async def portal(*arguments: str, database: str) -> tuple[int, str]:
    """The exit code, and everything that the command says."""
    command = [sys.executable, "-m", "portal.cli", "services", *arguments]
    environment = {**os.environ, "DATABASE_URL": database}
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, check=False, text=True
    )
    return done.returncode, done.stdout + done.stderr


async def test_changes_come_one_a_line_from_a_moment_on(database: str, ana: Person) -> None:
    await has(ana, "security")

    code, said = await portal("changes", "--since", NOON.isoformat(), database=database)
    later = await portal("changes", "--since", "2026-11-21T11:00:01", database=database)

    [row] = [json.loads(line) for line in said.splitlines()]
    assert (code, row["service"], row["price"]) == (0, "security", "1.99")
    assert later == (0, "")


async def test_the_example_in_the_documentation_has_the_fields_there_are(database: str, ana: Person) -> None:
    await has(ana, "security")
    _, said = await portal("changes", "--since", NOON.isoformat(), database=database)

    documented = (ROOT / "docs" / "services.md").read_text().split("```json\n")[1].split("```")[0]

    assert list(json.loads(documented)) == list(json.loads(said))


async def test_what_is_no_moment_is_said(database: str) -> None:
    code, said = await portal("changes", "--since", "yesterday", database=database)

    assert code == 2
    assert "yesterday is no moment" in said


async def test_a_catalogue_is_checked(database: str, tmp_path: Path) -> None:
    fit = await portal("catalogue", "check", str(FOLDER / "1.toml"), database=database)
    (tmp_path / "1.toml").write_text((FOLDER / "1.toml").read_text().replace('"4.99"', "4.99"))
    code, said = await portal("catalogue", "check", str(tmp_path / "1.toml"), database=database)

    assert fit == (0, "Edition 1 with 17 services can be used from 2004-01-01.\n")
    assert code == 1
    assert "1.toml cannot be used" in said
    assert "services.7.price" in said
