"""A proof is decided once: accepted it opens everything for a while, refused it says why."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from portal.audit import AuditEntry, Event
from portal.dunning.case_tables import CaseEvent, Happened
from portal.dunning.holds import is_held
from portal.dunning.policies import policies
from portal.dunning.proofs.proving import accept, refuse
from portal.dunning.proofs.refusals import AlreadyDecided, NoSuchProof
from portal.dunning.relief_tables import Proof, ProofState
from portal.dunning.tables import Reconnection
from portal.dunning.working_days import working_days_after
from portal.messaging.tables import Message
from portal.network.tables import OPEN, OUTGOING_BARRED
from tests.dunning.case_rows import a_case, a_proof
from tests.dunning.cases import is_suspended
from tests.dunning.proven import ADVISER, UNTIL, accepted, bojan, happened, proof_now
from tests.people import NOON, TODAY, Person, a_person
from tests.working import work_off
from tests.world import Exchange, mails, texts

__all__ = ["bojan"]


async def test_accepted_it_opens_everything_and_holds_the_ladder(bojan: Person, world: Exchange) -> None:
    proof = await accepted(bojan)

    assert (proof.state, proof.decided_by, proof.holds_until) == (ProofState.ACCEPTED, ADVISER, UNTIL)
    assert await world.has(bojan.line.number) == OPEN
    assert not await is_suspended(bojan)
    [reconnection] = await Reconnection.objects()
    assert reconnection.is_provisional
    assert not reconnection.payment_id
    assert await is_held(bojan.account.id, UNTIL)
    assert not await is_held(bojan.account.id, UNTIL + timedelta(days=1))
    [event] = await happened(Happened.PROOF_ACCEPTED)
    assert (event.until, event.decided_by) == (UNTIL, ADVISER)
    assert await AuditEntry.exists().where(AuditEntry.event == Event.PROOF_ACCEPTED)


async def test_the_customer_is_told_until_when_we_wait(bojan: Person) -> None:
    await accepted(bojan)

    [text] = [text for text in await texts(bojan.line.number) if "potrdilo" in text]
    assert "27. 11. 2026" in text
    assert "vklapljamo" in text
    [mail] = [mail for mail in await mails(bojan.customer.email) if "otrdilo" in mail.subject]
    assert "27. 11. 2026" in mail.text


async def test_who_was_not_barred_yet_is_told_that_all_stays_on(world: Exchange) -> None:
    ana = await a_person("Ana Kovač")
    await a_case(ana, "notice")

    await accepted(ana)

    assert await Reconnection.count() == 0
    [text] = await texts(ana.line.number)
    assert "vklapljamo" not in text


async def test_without_a_case_it_is_accepted_too(world: Exchange) -> None:
    ana = await a_person("Ana Kovač")
    await ana.bill()

    assert (await accepted(ana)).state == ProofState.ACCEPTED
    assert await CaseEvent.count() == 0


async def test_refused_the_customer_reads_why(bojan: Person, world: Exchange) -> None:
    proof = await a_proof(bojan)

    await refuse(proof.id, reason="Na sliki se ne vidi sklic.", decided_by=ADVISER, at=NOON)
    await work_off()

    fresh = await proof_now(proof)
    assert (fresh.state, fresh.reason) == (ProofState.REFUSED, "Na sliki se ne vidi sklic.")
    assert not fresh.holds_until
    assert await world.has(bojan.line.number) == OUTGOING_BARRED
    [event] = await happened(Happened.PROOF_REFUSED)
    assert event.reason == "Na sliki se ne vidi sklic."
    [mail] = [mail for mail in await mails(bojan.customer.email) if "ni sprejeto" in mail.subject]
    assert "Na sliki se ne vidi sklic." in mail.text
    assert any("https://moj.test/overdue/proof" in text for text in await texts(bojan.line.number))


async def test_two_people_decide_and_one_decision_stands(bojan: Person) -> None:
    proof = await a_proof(bojan)

    outcomes = await asyncio.gather(
        accept(proof.id, decided_by="Nada", at=NOON),
        refuse(proof.id, reason="Ni viden znesek.", decided_by="Miha", at=NOON),
        accept(proof.id, decided_by="Oto", at=NOON),
        return_exceptions=True,
    )
    await work_off()

    assert sum(isinstance(outcome, AlreadyDecided) for outcome in outcomes) == 2
    [decided] = [outcome for outcome in outcomes if isinstance(outcome, Proof)]
    assert (await proof_now(proof)).decided_by == decided.decided_by
    kinds = (Event.PROOF_ACCEPTED, Event.PROOF_REFUSED)
    assert await AuditEntry.count().where(AuditEntry.event.is_in(list(kinds))) == 1
    told = await Message.objects().where(Message.template.like("proof_%"))
    assert len({message.template for message in told}) == 1


async def test_what_is_not_there_cannot_be_decided(database: str) -> None:
    with pytest.raises(NoSuchProof):
        await accept(uuid4(), decided_by=ADVISER, at=NOON)


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (TODAY, UNTIL),
        (date(2026, 11, 23), date(2026, 11, 30)),
        (date(2026, 12, 23), date(2026, 12, 31)),
        (date(2026, 12, 30), date(2027, 1, 7)),
        (date(2027, 4, 26), date(2027, 5, 4)),
    ],
    ids=["saturday", "monday", "christmas", "new year", "may"],
)
def test_days_off_do_not_count(day: date, until: date) -> None:
    assert {working_days_after(day, policy.proof_working_days) for policy in policies().values()} == {until}
