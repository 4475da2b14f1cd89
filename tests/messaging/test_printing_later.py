"""Trouble that passes (a full disk, a folder that is away) loses no letter: a later run prints it."""

from __future__ import annotations

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest
import typst

from portal.messaging import jobs
from portal.messaging.print_folder import LettersNotLaidOut
from portal.messaging.printing import Printed, print_letters
from portal.messaging.tables import MessageState
from portal.settings import settings
from tests.messaging.post import a_letter, batches_in, names_in, states
from tests.people import NOON
from tests.working import waiting, work_off


@pytest.mark.parametrize(
    "passing",
    [
        OSError(errno.EMFILE, os.strerror(errno.EMFILE)),
        MemoryError(),
        RuntimeError("cannot start new thread"),
        typst.TypstError("failed to load file (Too many open files (os error 24))", ""),
    ],
)
async def test_trouble_that_passes_refuses_no_letter(
    folder: Path, monkeypatch: pytest.MonkeyPatch, passing: Exception
) -> None:
    letters = [await a_letter() for _ in range(3)]

    def troubled(*_: object, **__: object) -> bytes:
        raise passing

    with monkeypatch.context() as trouble:
        trouble.setattr(typst, "compile", troubled)
        with pytest.raises(type(passing)):
            await print_letters(NOON)
    assert set((await states()).values()) == {MessageState.QUEUED}

    assert await print_letters(NOON) == [Printed("2026-11-21-1", 3)]
    assert batches_in(folder)[0].messages == letters
    assert names_in(folder) == ["2026-11-21-1"]


async def test_a_folder_that_is_away_loses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = await a_letter()
    monkeypatch.setenv("LETTERS_DIR", str(folder / "mount"))
    settings.cache_clear()

    with pytest.raises(LettersNotLaidOut, match="it is not there; make it, or mount it"):
        await print_letters(NOON)

    assert await states() == {letter: MessageState.QUEUED}
    (folder / "mount").mkdir()
    await print_letters(NOON)
    assert batches_in(folder / "mount")[0].messages == [letter]


async def test_a_full_disk_loses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [await a_letter() for _ in range(3)]
    sync, written = os.fsync, 0

    def full(file: int) -> None:
        nonlocal written
        written += 1
        if written == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(file)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LettersNotLaidOut, match="No space left on device"):
        await print_letters(NOON)
    assert batches_in(folder) == []
    await print_letters(NOON + timedelta(days=1))

    [batch] = batches_in(folder)
    assert (batch.number, batch.messages) == ("2026-11-21-1", letters)
    assert names_in(folder) == ["2026-11-21-1"]


async def test_the_night_s_run_tries_again_while_the_folder_is_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_letter()
    monkeypatch.setenv("LETTERS_DIR", str(folder / "mount"))
    settings.cache_clear()
    await jobs.print_tonight()

    with pytest.raises(LettersNotLaidOut):
        await work_off()
    assert await waiting() == ["messaging.print_letters"]
    (folder / "mount").mkdir()
    await work_off(later=True)

    assert len(batches_in(folder / "mount")) == 1
