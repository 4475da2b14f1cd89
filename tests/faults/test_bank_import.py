"""An import of the bank's file is killed, at every point of it: the next one finishes it, each cent is there once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from portal.audit import AuditEntry, Event
from portal.payments.bank.importing import import_file
from portal.payments.bank.tables import BankEntry, BankFile, EntryState
from portal.payments.tables import Payment
from portal.settings import ROOT, settings
from tests.dunning.cases import suspended
from tests.faults.estate import until
from tests.payments.bank.statements import OURS, Entry, Transfer, one, statement
from tests.payments.books import books_balance, open_of
from tests.people import NOON, a_person
from tests.world import Exchange, exchange, phone

__all__ = ["exchange", "phone"]


def lay(file: Path, *entries: Entry) -> None:
    file.write_bytes(statement(*entries))


def begun(file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "portal.cli", "bank", "import", str(file)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def file(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("BANK_IBANS", OURS)
    settings.cache_clear()
    return tmp_path / "statement.xml"


async def test_killed_before_each_of_its_statements_it_books_once(exchange: Exchange, file: Path) -> None:
    people = [await a_person(registered=False) for _ in range(5)]
    bills = [await person.bill(8_645) for person in people]
    await suspended(people[1])
    batch = Entry("E1", [Transfer(8_645, bill.reference) for bill in bills[3:]])
    singly = [one(f"B{n}", 8_645, bill.reference) for n, bill in enumerate(bills[:3])]
    lay(file, *singly, batch, one("X", 7))

    command = [sys.executable, "-m", "tests.killable_bank", str(file)]
    done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout.splitlines()[-1]) > 40
    assert await Payment.count() == 5
    assert [await open_of(bill) for bill in bills] == [0] * 5
    assert await BankEntry.count().where(BankEntry.state == EntryState.BOOKED) == 5
    assert await AuditEntry.count().where(AuditEntry.event == Event.PAYMENT_BOOKED) == 5
    assert await AuditEntry.count().where(AuditEntry.event == Event.RECONNECTION_ASKED) == 1
    assert await BankFile.count() == 1
    assert await books_balance()


async def test_killed_among_thousands_it_goes_on_where_it_was(file: Path) -> None:
    bojan = await a_person(registered=False)
    bill = await bojan.bill(3_246)
    entries = [one(f"B{n}", 100 + n % 50) for n in range(5_000)]
    lay(file, *entries, one("last", 3_246, bill.reference))
    started = begun(file)

    async def is_in_the_middle() -> bool:
        return bool(await BankEntry.count() > 500)

    await until(is_in_the_middle, "some chunks are booked")
    started.kill()
    started.wait()
    left = await BankEntry.count()

    done = await import_file(file, by="Nada", at=NOON)

    assert left < 5_001
    assert done.known.count == left
    assert done.booked.count == 1
    assert await BankEntry.count() == 5_001
    assert await open_of(bill) == 0
    assert await books_balance()
