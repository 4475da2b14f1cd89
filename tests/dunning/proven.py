"""A proof of payment that a person looks at: accepted, lapsed, and what became of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from portal.dunning.case_tables import CaseEvent, Happened
from portal.dunning.proofs.proving import accept, end_lapsed
from portal.dunning.relief_tables import Proof
from tests.dunning.case_rows import a_proof
from tests.dunning.cases import suspended
from tests.people import NOON, Person, a_person
from tests.working import work_off
from tests.world import Exchange

ADVISER = "Nada"


UNTIL = date(2026, 11, 27)
"""Five working days after Saturday, 21 November."""


@pytest.fixture
async def bojan(world: Exchange) -> Person:
    """Outgoing barred, and told so."""
    bojan = await a_person("Bojan Kralj")
    await suspended(bojan)
    return bojan


async def accepted(person: Person, *, at: datetime = NOON) -> Proof:
    """Sent and accepted at once."""
    proof = await a_proof(person)
    await Proof.update({Proof.sent_at: at}).where(Proof.id == proof.id)
    kept = await accept(proof.id, decided_by=ADVISER, at=at)
    await work_off()
    return kept


async def proof_now(proof: Proof) -> Proof:
    fresh = await Proof.objects().get(Proof.id == proof.id)
    assert fresh is not None
    return fresh


async def happened(kind: Happened) -> list[CaseEvent]:
    return await CaseEvent.objects().where(CaseEvent.kind == kind).order_by(CaseEvent.at)


async def lapse(day: date) -> int:
    ended = await end_lapsed(day, datetime.combine(day, time(5), UTC))
    await work_off()
    return ended
