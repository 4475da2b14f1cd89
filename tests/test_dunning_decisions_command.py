"""`portal dunning proofs`, `disputes` and `fees`: what people of the collections department decide by command."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from portal.billing.tables import Charge, ChargeKind
from portal.dunning.relief_tables import Dispute, Proof, ProofState
from portal.settings import ROOT
from tests.dunning.case_rows import a_case, a_charge
from tests.dunning.papers import a_pdf, a_sent_proof, empty_folder
from tests.people import Person, a_person


@pytest_asyncio.fixture
async def bojan(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Person]:
    monkeypatch.setenv("DATABASE_URL", database)
    yield await a_person("Bojan Kralj")
    await asyncio.to_thread(empty_folder)


async def dunning(*arguments: str) -> str:
    said, _ = await asyncio.to_thread(started(*arguments).communicate)
    return " ".join(said.split())


def started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "portal.cli", "dunning", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


async def test_a_proof_is_looked_at_and_accepted(bojan: Person, tmp_path: Path) -> None:
    await bojan.bill(8_645)
    assert "No proof waits." in await dunning("proofs", "list")
    proof = await a_sent_proof(bojan, a_pdf(), "Plačilo.pdf")

    listed = await dunning("proofs", "list")
    assert bojan.account.number in listed
    assert "€86.45" in listed
    said = await dunning("proofs", "show", str(proof.id), "--to", str(tmp_path))
    copy = tmp_path / f"{proof.id}.pdf"
    assert str(copy) in said.replace(" ", "")
    assert copy.read_bytes() == a_pdf()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert "File exists" in await dunning("proofs", "show", str(proof.id), "--to", str(copy))

    assert "Accepted; the payment is waited for until" in await dunning(
        "proofs", "accept", str(proof.id), "--by", "Nada"
    )
    refused = await dunning("proofs", "refuse", str(proof.id), "--because", "Ni viden znesek.")
    assert "Error: Somebody has already decided this." in refused
    [decided] = await Proof.objects()
    assert (decided.state, decided.decided_by) == (ProofState.ACCEPTED, "Nada")


async def test_a_proof_is_refused_with_words_for_the_customer(bojan: Person) -> None:
    await bojan.bill()
    proof = await a_sent_proof(bojan)

    assert "--because" in await dunning("proofs", "refuse", str(proof.id))
    assert "Refused" in await dunning("proofs", "refuse", str(proof.id), "--because", "Ni viden znesek.")
    [refused] = await Proof.objects()
    assert (refused.state, refused.reason) == (ProofState.REFUSED, "Ni viden znesek.")
    assert "There is no such proof" in await dunning("proofs", "accept", str(bojan.account.id))
    assert "There is no such proof" in await dunning("proofs", "show", str(bojan.account.id), "--to", "x")


async def test_an_objection_is_noted_listed_and_decided(bojan: Person) -> None:
    bill = await bojan.bill(10_000)
    assert "No objection waits." in await dunning("disputes", "list")
    because = ("--because", "Gostovanje ni bilo moje.", "--by", "Nada")

    assert "There is no bill" in await dunning("disputes", "open", "R0", *because)
    assert "not an amount" in await dunning("disputes", "open", bill.number, "--undisputed", "1e3", *because)
    assert "less than the whole" in await dunning("disputes", "open", bill.number, "--undisputed", "100", *because)
    assert "to be paid: €40.00" in await dunning("disputes", "open", bill.number, "--undisputed", "40.00", *because)
    assert bill.number in await dunning("disputes", "list")

    [noted] = await Dispute.objects()
    assert "Decided: rejected" in await dunning("disputes", "decide", str(noted.id), "rejected", *because)
    assert "already decided" in await dunning("disputes", "decide", str(noted.id), "upheld", *because)


async def test_a_fee_is_found_and_waived(bojan: Person) -> None:
    case = await a_case(bojan)
    charge = await a_charge(bojan, case.id, ChargeKind.SUSPENSION, 2_098)

    assert "€20.98" in await dunning("fees", "list", bojan.account.number)
    assert "Waived: €20.98." in await dunning(
        "fees", "waive", str(charge.id), "--because", "Napaka banke", "--by", "Nada"
    )
    assert "waived already" in await dunning("fees", "waive", str(charge.id), "--because", "Še enkrat")
    assert "No fee waits" in await dunning("fees", "list", bojan.account.number)
    [waived] = await Charge.objects()
    assert (waived.waived_by, waived.waived_because) == ("Nada", "Napaka banke")
