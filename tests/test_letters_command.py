"""`portal letters`: what staff see of letters and do with them; and what a killed run leaves to the next."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from portal.audit import AuditEntry, Event
from portal.messaging.batches import NotHandedOver, hand_over, recent, waiting
from portal.messaging.printing import print_letters
from portal.messaging.tables import Message, MessageState
from portal.settings import ROOT, settings
from tests.faults.estate import until
from tests.messaging.post import a_letter, batches_in, names_in, states
from tests.people import NOON

LATER = NOON + timedelta(hours=6)


@pytest_asyncio.fixture
async def folder(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    monkeypatch.setenv("LETTERS_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database)
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "portal.cli", "letters", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


async def portal(*arguments: str) -> str:
    said, _ = await asyncio.to_thread(started(*arguments).communicate)
    return " ".join(said.split())


async def test_a_day_with_the_print_house(folder: Path) -> None:
    for _ in range(2):
        await a_letter()

    assert "No batch was made yet. Letters that wait: 2, the oldest since 2026-11-21 11:00 UTC" in await portal("list")
    assert "is printed, letters: 2" in await portal("print")
    assert "No letter waits" in await portal("print")
    [number] = names_in(folder)
    assert "printed" in await portal("list")
    assert f"Batch {number} is handed over, letters: 2" in await portal("handover", number, "--by", "Nada")
    assert "UTC by Nada." in await portal("handover", number, "--by", "Miha")
    assert "No batch lies ready." in await portal("handover")
    assert "Nada" in await portal("list")


async def test_handing_over_is_noted_with_every_letter_and_on_the_trail(folder: Path) -> None:
    right, wrong = await a_letter(), await a_letter(["Nihče"])
    await print_letters(NOON)

    [batch] = await hand_over("2026-11-21-1", "Nada", LATER)

    assert (batch.letters, batch.handed_over_by) == (1, "Nada")
    assert await states() == {right: MessageState.HANDED_OVER, wrong: MessageState.REFUSED}
    assert await Message.exists().where(Message.id == right, Message.sent_at == LATER)
    [entry] = await AuditEntry.objects().where(AuditEntry.event == Event.LETTERS_HANDED_OVER)
    assert '"Nada"' in entry.details


async def test_two_people_hand_a_batch_over_once(folder: Path) -> None:
    await a_letter()
    await print_letters(NOON)

    outcomes = await asyncio.gather(
        *(hand_over("2026-11-21-1", name, LATER) for name in ("Nada", "Miha")), return_exceptions=True
    )

    assert sum(isinstance(outcome, NotHandedOver) for outcome in outcomes) == 1
    assert await AuditEntry.count() == 1


async def test_a_batch_in_the_middle_is_not_handed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_letter()
    monkeypatch.setattr(os, "rename", broken)
    with pytest.raises(RuntimeError):
        await print_letters(NOON)

    [batch] = await recent()
    assert not batch.is_printed
    assert (await waiting()).waiting == 1
    with pytest.raises(NotHandedOver, match="not printed to its end"):
        await hand_over(batch.number, "Nada", LATER)
    assert await hand_over(None, "Nada", LATER) == []
    with pytest.raises(NotHandedOver, match="no batch"):
        await hand_over("2026-11-21-9", "Nada", LATER)


def broken(*_: object) -> None:
    raise RuntimeError


async def test_without_its_folder_the_command_says_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_letter()
    monkeypatch.setenv("LETTERS_DIR", str(folder / "mount"))

    assert "mount: it is not there; make it, or mount it." in await portal("print")


async def test_killed_in_the_middle_it_is_finished_by_the_next_run(folder: Path) -> None:
    letters: set[UUID] = {await a_letter() for _ in range(60)}
    process = started("print")

    async def is_in_the_middle() -> bool:
        return any(len(names_in(folder / name)) > 10 for name in names_in(folder) if name.endswith(".part"))

    await until(is_in_the_middle, "some letters are written")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert batches_in(folder) == []
    assert set((await states()).values()) == {MessageState.QUEUED}

    assert "letters: 60" in await portal("print")

    [batch] = batches_in(folder)
    assert set(batch.messages) == letters
    assert len(batch.messages) == 60
    assert set((await states()).values()) == {MessageState.PRINTED}
