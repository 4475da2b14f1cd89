"""`portal evidence`: what staff sees of an order's documents, and that meddling is said and ends with 1."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from portal.database import transaction
from portal.settings import ROOT
from portal.signing.evidence.chain import Event, note
from portal.signing.evidence.checking import head
from portal.signing.evidence.record import final_record_of
from tests.people import NOON
from tests.signing.evidence.test_meddling_is_found import behind_the_portals_back, signed

__all__ = ["signed"]


async def portal(*arguments: str, database: str) -> tuple[int, str]:
    """The exit code, and everything that the command says, in one line."""
    command = [sys.executable, "-m", "portal.cli", "evidence", *arguments]
    environment = {**os.environ, "COLUMNS": "200", "DATABASE_URL": database}
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, check=False, text=True
    )
    return done.returncode, " ".join(f"{done.stdout} {done.stderr}".split())


@pytest.mark.usefixtures("signed")
async def test_without_keys_it_says_why_signatures_cannot_be_validated(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIGNING_KEYS_DIR")
    monkeypatch.delenv("SIGNING_KEYS_PASSPHRASE")

    code, said = await portal("verify", "--signatures", database=database)

    assert code == 1
    assert said.startswith("Error: Signatures cannot be validated: SIGNING_KEYS_DIR")
    assert (await portal("verify", database=database))[0] == 0


@pytest.mark.usefixtures("signed")
async def test_what_happened_is_shown(database: str) -> None:
    code, said = await portal("show", "N1", database=database)

    assert code == 0
    assert "documents_made" in said
    assert "2026-11-21 11:00:00" in said
    assert await portal("show", "N2", database=database) == (1, "Error: No documents were made for an order N2.")


async def test_a_browser_that_calls_itself_strange_names_is_shown_as_it_is(database: str, signed: UUID) -> None:
    async with transaction():
        await note(signed, Event.SHOWN, NOON, user_agent="[/nobody] [red]\x9b31m")

    code, said = await portal("show", "N1", database=database)

    assert code == 0
    assert "[/nobody] [red] 31m" in said


async def test_the_record_is_saved_for_its_owner_alone_and_never_over_another_file(
    database: str, signed: UUID, tmp_path: Path
) -> None:
    record, report = tmp_path / "record.json", tmp_path / "report.pdf"
    code, _ = await portal("show", "N1", "--json", str(record), "--pdf", str(report), database=database)

    again, said = await portal("show", "N1", "--json", str(record), database=database)

    assert (code, again) == (0, 1)
    assert "File exists" in said
    assert record.read_bytes() == await final_record_of(signed)
    assert json.loads(record.read_bytes())["order"]["number"] == "N1"
    assert report.read_bytes().startswith(b"%PDF-1.7")
    assert stat.S_IMODE(record.stat().st_mode) == 0o600


async def test_all_is_as_it_was_until_one_row_is_changed(database: str, signed: UUID) -> None:
    right = await portal("verify", database=database)
    async with behind_the_portals_back() as connected:
        await connected.execute("UPDATE evidence_entries SET event = 'declined' WHERE position = 5")

    code, said = await portal("verify", database=database)

    assert right[0] == 0
    assert "10 entries, documents and envelopes are as they were." in right[1]
    assert code == 1
    assert "entry 5: was changed" in said
    assert "3 of 10 are not as they were" in said


@pytest.mark.usefixtures("signed")
async def test_a_head_that_was_noted_finds_a_chain_that_was_cut_off(database: str) -> None:
    _, noted = await portal("head", database=database)
    async with behind_the_portals_back() as connected:
        await connected.execute(
            "DELETE FROM evidence_entries WHERE position = (SELECT max(position) FROM evidence_entries)"
        )

    whole = await portal("verify", database=database)
    code, said = await portal("verify", "--head", noted, database=database)

    assert (whole[0], code) == (0, 1)
    assert "the chain was cut off" in said
    assert noted != f"{(await head())[0]}:{(await head())[1].hex()}"


@pytest.mark.usefixtures("signed")
async def test_of_one_order_its_signatures_are_looked_at_too(database: str) -> None:
    code, said = await portal("verify", "--envelope", "N1", database=database)

    assert code == 1
    assert "document 1 of order N1: its signatures are not valid: unsigned" in said or "unreadable" in said


async def test_what_is_no_head_is_said(database: str) -> None:
    code, said = await portal("verify", "--head", "yesterday", database=database)

    assert code == 2
    assert "POSITION:HASH" in said
