"""`portal bank`: what staff do with the bank's files and with what waits."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from portal.alone import alone
from portal.payments.bank.importing import LOCK
from portal.payments.bank.tables import BankEntry, BankFile, EntryState
from portal.payments.tables import Payment
from portal.settings import ROOT
from tests.payments.bank.statements import OURS, one, statement
from tests.payments.books import open_of
from tests.people import Person, a_person


@pytest.fixture
def place(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("BANK_IBANS", OURS)
    return tmp_path


async def bank(*arguments: str) -> tuple[int, str]:
    """How it ended, and what it said."""
    command = [sys.executable, "-m", "portal.cli", "bank", *arguments]
    done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


async def a_bojan() -> Person:
    return await a_person("Bojan Kralj", registered=False)


async def test_a_day_with_the_bank(place: Path) -> None:
    bojan = await a_bojan()
    bill, other = await bojan.bill(3_246), await bojan.bill(1_000)
    file = place / "statement.xml"
    file.write_bytes(
        statement(one("B1", 3_246, bill.reference), one("B2", 1_000, text=f"hvala{'x' * 60}konec"), one("B3", -500))
    )

    ended, said = await bank("import", "--dry-run", str(file))
    assert ended == 1
    assert "Nothing was kept." in said
    assert await BankEntry.count() == 0

    ended, said = await bank("import", str(file), "--by", "Nada")
    assert ended == 1
    assert "camt.053.001.08, 3 entries" in said
    assert "booked │ 1 │ 32.46" in said
    assert (await BankFile.objects())[0].imported_by == "Nada"
    assert "waits: no_reference │ 1 │ 10.00" in said
    assert "skipped: outgoing │ 1" in said
    assert await open_of(bill) == 0

    ended, said = await bank("import", str(file))
    assert (ended, "there already │ 2 │ 42.46" in said) == (0, True)

    [entry] = await BankEntry.objects().where(BankEntry.state == EntryState.WAITING)
    _, listed = await bank("unmatched", "--why", "no_reference")
    assert str(entry.id) in listed
    assert "no_reference: 1" in listed
    assert "…" not in listed
    assert "No entry waits." in (await bank("unmatched", "--why", "currency"))[1]

    ended, said = await bank(
        "assign", str(entry.id), "--bill", other.number, "--because", "po telefonu", "--by", "Nada"
    )
    assert (ended, said) == (0, "Booked.")
    assert await open_of(other) == 0
    ended, said = await bank("set-aside", str(entry.id), "--because", "ni naše")
    assert ended == 1
    assert "Error: this entry waits no more: assigned by Nada." in said


async def test_a_refused_file_ends_with_two_and_the_others_are_booked(place: Path) -> None:
    bill = await (await a_bojan()).bill(3_246)
    bad, good = place / "bad.xml", place / "good.xml"
    bad.write_bytes(statement(one("B1", 100), stated=(9, 100)))
    good.write_bytes(statement(one("B2", 3_246, bill.reference)))

    ended, said = await bank("import", str(bad), str(good))

    assert ended == 2
    assert "refused, nothing of it is booked: line" in said
    assert "9 is stated, 1 is there." in said
    assert await Payment.count() == 1


async def test_while_another_import_runs_a_file_is_not_called_refused(place: Path) -> None:
    file = place / "statement.xml"
    file.write_bytes(statement(one("B1", 100)))

    async with alone(LOCK, AssertionError()):
        ended, said = await bank("import", str(file))

    assert (ended, await BankEntry.count()) == (3, 0)
    assert "another import is under way" in said
    assert "refused" not in said


async def test_what_a_payer_writes_does_nothing_to_the_terminal(place: Path) -> None:
    await a_bojan()
    file = place / "statement.xml"
    file.write_bytes(statement(one("B1", 100, text="[/red] hvala\x9b2J", payer="[bold]Ana")))
    await bank("import", str(file))

    ended, said = await bank("unmatched")

    assert ended == 0
    assert "[bold]Ana" in said
    assert "[/red] hvala 2J" in said


async def test_a_reversal_and_what_is_not_ours(place: Path) -> None:
    bill = await (await a_bojan()).bill(3_246)
    file = place / "statement.xml"
    file.write_bytes(
        statement(
            one("B1", 3_246, bill.reference),
            one("B2", -3_246, bill.reference, is_reversal=True),
            one("B3", 99, text="obresti"),
        )
    )
    await bank("import", str(file))
    [payment] = await Payment.objects()
    took, ours = (
        await BankEntry.objects()
        .where(BankEntry.state == EntryState.WAITING)
        .order_by(BankEntry.amount_cents, ascending=False)
    )

    assert f"--reverse {payment.number}" in (await bank("unmatched"))[1]
    ended, said = await bank("assign", str(took.id), "--reverse", str(payment.number), "--because", "banka")
    assert (ended, said) == (0, f"Payment {payment.number} is taken back.")
    assert await open_of(bill) == 3_246
    assert (await bank("set-aside", str(ours.id), "--because", "obresti"))[1] == "Set aside."

    ended, said = await bank("assign", str(took.id), "--because", "x")
    assert (ended, "Say one of --bill" in said) == (2, True)
