"""Power is cut at every single step of printing, one after the other; the next run finishes the batch, once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from portal.database import connection
from portal.messaging.printing import print_letters
from portal.messaging.tables import Attachment, LetterBatch, MessageState
from portal.settings import settings
from tests.messaging.post import a_letter, batches_in, names_in, states
from tests.messaging.trouble import PowerCut
from tests.people import NOON

MOST_STEPS = 200
ON_DISK = ("mkdir", "open", "fsync", "rename", "unlink", "rmdir")
IN_DATABASE = ("execute", "fetch", "fetchval", "fetchrow")


class Power:
    """Everything that lasts goes through here: calls to the disk and to the database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.left: int | None = None

    def cut_after(self, steps: int | None) -> None:
        self.left = steps

    def step(self) -> None:
        if self.left is None:
            return
        if self.left == 0:
            self.left = None
            raise PowerCut
        self.left -= 1

    def on_disk(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def work(*arguments: Any, **named: Any) -> Any:
            self.step()
            return real(*arguments, **named)

        return work

    def in_database(self, real: Callable[..., Any]) -> Callable[..., Any]:
        async def work(*arguments: Any, **named: Any) -> Any:
            self.step()
            return await real(*arguments, **named)

        return work


@pytest.fixture
def power(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Power]:
    monkeypatch.setenv("LETTERS_DIR", str(tmp_path))
    settings.cache_clear()
    power = Power(tmp_path)
    with monkeypatch.context() as edges:
        for name in ON_DISK:
            edges.setattr(os, name, power.on_disk(getattr(os, name)))
        for name in IN_DATABASE:
            edges.setattr(asyncpg.Connection, name, power.in_database(getattr(asyncpg.Connection, name)))
        yield power
    settings.cache_clear()


async def begin_anew(power: Power) -> dict[UUID, str]:
    """Letters that wait, and how each will end."""
    async with connection() as connected:
        await connected.execute("TRUNCATE messages, letter_batches, attachments CASCADE")
    for name in names_in(power.folder):
        shutil.rmtree(power.folder / name)
    return {
        await a_letter(): MessageState.PRINTED,
        await a_letter(["Nihče"]): MessageState.REFUSED,
        await a_letter(name="welcome", is_secret=True): MessageState.PRINTED,
    }


async def prints_to_the_end(power: Power, steps: int) -> bool:
    power.cut_after(steps)
    try:
        await print_letters(NOON)
    except PowerCut:
        return False
    power.cut_after(None)
    return True


async def test_at_every_step(power: Power) -> None:
    for steps in range(MOST_STEPS):
        ends = await begin_anew(power)

        is_done = await prints_to_the_end(power, steps)
        await print_letters(NOON)

        assert await states() == ends, steps
        [batch] = batches_in(power.folder)
        assert set(batch.messages) == {letter for letter, end in ends.items() if end == MessageState.PRINTED}, steps
        assert names_in(power.folder) == ["2026-11-21-1"], steps
        assert (await LetterBatch.count(), await Attachment.count()) == (1, 1), steps
        if is_done:
            assert steps > 20
            return
    raise AssertionError(f"printing takes more than {MOST_STEPS} steps")


async def test_at_every_step_of_finishing_what_another_left(power: Power) -> None:
    """Two cuts: the second strikes who finishes."""
    for steps in range(0, MOST_STEPS, 5):
        ends = await begin_anew(power)
        await prints_to_the_end(power, 25)

        is_done = await prints_to_the_end(power, steps)
        await print_letters(NOON)

        assert await states() == ends, steps
        assert len(batches_in(power.folder)) == await LetterBatch.count() == 1, steps
        if is_done:
            return
    raise AssertionError(f"finishing takes more than {MOST_STEPS} steps")
