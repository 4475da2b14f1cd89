"""The watched folder: whole files are taken, imported and moved, whoever dies in between."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from portal import clock
from portal.alone import alone
from portal.cli import doctor_bank
from portal.cli.findings import Weight
from portal.payments.bank import folder
from portal.payments.bank.folder import Run, import_waiting
from portal.payments.bank.importing import LOCK, ImportingAlready
from portal.payments.bank.tables import BankEntry
from portal.settings import settings
from tests.payments.bank.statements import one, statement
from tests.payments.books import books_balance, payments
from tests.people import NOON, Person

GOOD = statement(one("B1", 100))


@pytest_asyncio.fixture
async def place(ours: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    monkeypatch.setenv("BANK_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path


def lay(place: Path, name: str, content: bytes = GOOD, *, age: float = 300) -> Path:
    file = place / name
    file.write_bytes(content)
    written = clock.system().timestamp() - age
    os.utime(file, (written, written))
    return file


def names(place: Path) -> list[str]:
    return sorted(file.name for file in place.iterdir()) if place.is_dir() else []


async def test_a_good_file_is_booked_and_moved_and_a_bad_one_is_refused_with_why(place: Path, bojan: Person) -> None:
    bill = await bojan.bill(3_246)
    lay(place, "good.xml", statement(one("B1", 3_246, bill.reference)))
    lay(place, "bad.xml", b"<html/>")

    assert await import_waiting(NOON) == Run(imported=1, refused=1)

    assert names(place) == ["done", "refused"]
    assert names(place / "done") == ["good.xml"]
    assert names(place / "refused") == ["bad.xml", "bad.xml.reason.txt"]
    assert "this is no camt.053" in (place / "refused" / "bad.xml.reason.txt").read_text()
    assert len(await payments()) == 1
    assert await import_waiting(NOON) == Run(0, 0)


async def test_what_is_still_written_or_hidden_is_left(place: Path, database: str) -> None:
    for name in (".good.xml", "good.xml.part", "good.tmp"):
        lay(place, name)
    lay(place, "young.xml", age=1)
    (place / "folder").mkdir()
    (place / "link.xml").symlink_to("/etc/passwd")

    assert await import_waiting(NOON) == Run(0, 0)
    assert len(names(place)) == 6


async def test_the_same_name_again_replaces_nothing(place: Path, database: str) -> None:
    for cents in (100, 200):
        lay(place, "daily.xml", statement(one(f"B{cents}", cents)))
        await import_waiting(NOON)

    assert names(place / "done") == ["daily-2.xml", "daily.xml"]
    assert await BankEntry.count() == 2


async def test_killed_between_importing_and_moving_it_is_taken_again(
    place: Path, bojan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill = await bojan.bill(3_246)
    lay(place, "good.xml", statement(one("B1", 3_246, bill.reference)))
    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            await import_waiting(NOON)
    assert names(place / "done") == []

    assert await import_waiting(NOON) == Run(1, 0)
    assert names(place / "done") == ["good.xml"]
    assert len(await payments()) == 1
    assert await books_balance()


def killed(*_: object) -> None:
    raise KeyboardInterrupt


async def test_where_another_is_at_it_the_file_waits(place: Path, database: str) -> None:
    lay(place, "good.xml")

    async with alone(LOCK, ImportingAlready()):
        assert await import_waiting(NOON) == Run(0, 0)

    assert names(place) == ["good.xml"]


async def test_without_a_folder_nothing_is_done(ours: str) -> None:
    assert settings().bank_dir is None
    assert await import_waiting(NOON) == Run(0, 0)


async def test_the_doctor_says_what_is_wrong(place: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def found() -> list[tuple[Weight, str]]:
        return [(one.weight, one.what) for one in doctor_bank.of_settings(settings())]

    assert found() == [(Weight.FINE, f"bank: files are taken from {place}")]
    assert "was imported yet" in (await doctor_bank.statements()).what
    lay(place, "bad.xml", b"<html/>")
    lay(place, "good.xml")
    await folder.import_waiting(clock.now())
    assert found() == [(Weight.WARNING, "1 of the bank's files were refused")]
    assert "1 entries of the bank wait" in (await doctor_bank.statements()).what

    monkeypatch.setenv("BANK_DIR", str(place / "mount"))
    settings.cache_clear()
    assert found() == [(Weight.FAULT, f"BANK_DIR {place / 'mount'} is not there")]
    monkeypatch.delenv("BANK_IBANS")
    settings.cache_clear()
    assert found()[0][1].startswith("it is not said which accounts are ours")
