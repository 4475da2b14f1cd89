"""A run that lost its lock and the one that took over: every letter lies with the print house once."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from portal.database import connection
from portal.messaging import letter_pdfs, printing
from portal.messaging.print_folder import LettersNotLaidOut, PrintFolder
from portal.messaging.printing import LOCK, Printed, PrintingAlready, print_letters
from portal.messaging.tables import Attachment, LetterBatch, Message, MessageState
from tests.faults.estate import until
from tests.messaging.post import a_letter, batches_in, names_in, states
from tests.people import NOON

NUMBER = "2026-11-21-1"
PATIENCE = 20.0


class Stops:
    """Stands in front of the setting of letters, counted over all runs, and holds some of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *stops: int) -> None:
        self.reached = {stop: asyncio.Event() for stop in stops}
        self.let_go = {stop: asyncio.Event() for stop in stops}
        self.count = 0
        self.real = letter_pdfs.rendered
        monkeypatch.setattr(printing, "rendered", self.rendered)

    async def at(self, stop: int) -> None:
        await asyncio.wait_for(self.reached[stop].wait(), PATIENCE)

    async def rendered(self, message: Message) -> bytes | None:
        self.count += 1
        here = self.count
        if here in self.reached:
            self.reached[here].set()
            await self.let_go[here].wait()
        return await self.real(message)


async def cut_guard() -> None:
    """The connection that holds the lock dies; whoever held it does not notice."""
    async with connection() as connected:
        await connected.execute(f"SELECT pg_terminate_backend(pid) FROM ({HOLDERS}) holders", LOCK)

    async def is_free() -> bool:
        async with connection() as connected:
            return not await connected.fetchval(f"SELECT count(*) FROM ({HOLDERS}) holders", LOCK)

    await until(is_free, "the lock is free")


async def a_batch_laid_out() -> UUID:
    letter = await a_letter()
    batch = LetterBatch(number=NUMBER, made_at=NOON, laid_out_at=NOON)
    await batch.save()
    await Message.update({Message.batch: batch.id}).where(Message.id == letter)
    return letter


async def test_cut_off_in_the_middle_it_publishes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [await a_letter() for _ in range(3)]
    stops = Stops(monkeypatch, 3, 5)
    first = asyncio.create_task(print_letters(NOON))
    await stops.at(3)
    await cut_guard()
    second = asyncio.create_task(print_letters(NOON))
    await stops.at(5)

    stops.let_go[3].set()
    with pytest.raises(LettersNotLaidOut):
        await first
    assert batches_in(folder) == []
    stops.let_go[5].set()

    assert await second == [Printed(NUMBER, 3)]
    [batch] = batches_in(folder)
    assert batch.messages == letters
    assert names_in(folder) == [NUMBER]
    assert set((await states()).values()) == {MessageState.PRINTED}
    assert await Attachment.count() == 3


async def test_cut_off_it_publishes_nothing_though_nobody_took_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = await a_letter()
    stops = Stops(monkeypatch, 1)
    cut_off = asyncio.create_task(print_letters(NOON))
    await stops.at(1)
    await cut_guard()
    stops.let_go[1].set()

    with pytest.raises(PrintingAlready, match="the lock on printing was lost"):
        await cut_off
    assert batches_in(folder) == []
    assert await states() == {letter: MessageState.QUEUED}

    assert await print_letters(NOON) == [Printed(NUMBER, 1)]
    assert names_in(folder) == [NUMBER]


async def test_cut_off_it_comes_back_when_the_other_is_through(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [await a_letter() for _ in range(3)]
    stops = Stops(monkeypatch, 2)
    first = asyncio.create_task(print_letters(NOON))
    await stops.at(2)
    await cut_guard()

    assert await print_letters(NOON) == [Printed(NUMBER, 3)]
    stops.let_go[2].set()
    with pytest.raises(LettersNotLaidOut):
        await first

    assert batches_in(folder)[0].messages == letters
    assert names_in(folder) == [NUMBER]


async def test_a_part_that_was_taken_over_cannot_be_published(folder: Path) -> None:
    slow, quick = PrintFolder(NUMBER), PrintFolder(NUMBER)
    slow.begin()
    slow.put("0001.pdf", b"")

    quick.begin()

    with pytest.raises(FileNotFoundError):
        slow.publish()
    with pytest.raises(FileNotFoundError):
        slow.put("0002.pdf", b"")
    assert names_in(folder) == [quick.part.name]
    assert names_in(quick.part) == []


@pytest.mark.parametrize("left", ["whole", "emptied"])
async def test_a_place_that_stands_is_neither_replaced_nor_doubled(folder: Path, left: str) -> None:
    batch = PrintFolder(NUMBER)
    batch.begin()
    (folder / NUMBER).mkdir()
    if left == "whole":
        (folder / NUMBER / "0001.pdf").touch()

    with pytest.raises(FileExistsError):
        batch.publish()
    with pytest.raises(FileExistsError):
        PrintFolder(NUMBER).begin()


async def test_what_another_run_left_is_never_published_as_it_is(folder: Path) -> None:
    letter = await a_batch_laid_out()
    half = PrintFolder(NUMBER)
    half.begin()
    half.put("0001.pdf", b"half of a")

    assert await print_letters(NOON) == [Printed(NUMBER, 1)]

    [batch] = batches_in(folder)
    assert batch.messages == [letter]
    assert names_in(folder) == [NUMBER]


async def test_published_by_another_it_is_only_noted(folder: Path) -> None:
    letter = await a_batch_laid_out()
    (folder / NUMBER).mkdir()
    (folder / f".{NUMBER}.3f9a01bc.part").mkdir()

    assert await print_letters(NOON) == [Printed(NUMBER, 1)]

    assert names_in(folder) == [NUMBER]
    assert await states() == {letter: MessageState.PRINTED}


async def test_picked_up_before_it_was_noted_it_is_not_printed_again(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = await a_letter(name="termination_notice")

    async def cut_off(batch: LetterBatch) -> Printed:
        raise ConnectionError

    with monkeypatch.context() as cut:
        cut.setattr(printing, "note_printed", cut_off)
        with pytest.raises(ConnectionError):
            await print_letters(NOON)
    shutil.move(folder / NUMBER, tmp_path_factory.mktemp("print-house"))

    with capture_logs() as logs:
        assert await print_letters(NOON) == [Printed(NUMBER, 1)]

    assert names_in(folder) == []
    assert await states() == {letter: MessageState.PRINTED}
    assert {"letters were picked up before they were noted as printed"} == {
        entry["event"] for entry in logs if entry["log_level"] == "error"
    }


async def test_a_folder_that_cannot_be_read_is_no_folder_that_was_emptied(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = await a_batch_laid_out()

    def forbidden(_: Path) -> Iterator[Path]:
        raise PermissionError

    with monkeypatch.context() as forbidding:
        forbidding.setattr(Path, "iterdir", forbidden)
        with pytest.raises(LettersNotLaidOut):
            await print_letters(NOON)

    assert await states() == {letter: MessageState.QUEUED}


HOLDERS = """
    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1::bigint
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
