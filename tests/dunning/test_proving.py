"""A proof is decided once: accepted it opens everything for a while, refused it says why, lapsed it bars again."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from portal.audit import AuditEntry, Event
from portal.billing.tables import Bill, Charge
from portal.customers.locking import lock_account
from portal.database import transaction
from portal.dunning.case_tables import CaseEvent, DunningCase, Happened
from portal.dunning.cases import open_case
from portal.dunning.disputing import dispute
from portal.dunning.holds import is_held
from portal.dunning.owing import overdue_of
from portal.dunning.policies import policies
from portal.dunning.proofs.proving import accept, end_lapsed, refuse
from portal.dunning.proofs.refusals import AlreadyDecided, NoSuchProof
from portal.dunning.relief_tables import Proof, ProofState
from portal.dunning.settling import owed_changed
from portal.dunning.tables import Reconnection, Suspension
from portal.dunning.waiving import waive
from portal.dunning.working_days import working_days_after
from portal.messaging.tables import Message
from portal.money import ZERO
from portal.network.tables import OPEN, OUTGOING_BARRED
from tests.dunning.case_rows import a_case, a_proof
from tests.dunning.cases import is_suspended, pays, suspended
from tests.people import NOON, TODAY, Person, a_person
from tests.working import work_off
from tests.world import Exchange, mails, texts

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


async def comes_for(bill: Bill, *, at: datetime) -> None:
    """The money of one bill is booked."""
    async with transaction() as connected:
        await lock_account(connected, bill.account)
        await Bill.update({Bill.open_cents: 0, Bill.settled_at: at}).where(Bill.id == bill.id)
        await owed_changed(bill.account, payment=None, reason="paid", decided_by="payments", at=at)
    await work_off()


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


async def test_the_fee_of_the_reconnection_is_charged_once_whatever_follows(bojan: Person) -> None:
    await accepted(bojan)
    await lapse(UNTIL + timedelta(days=1))
    await accepted(bojan, at=NOON + timedelta(days=7))
    await pays(bojan, at=NOON + timedelta(days=8))
    await work_off()

    assert [charge.amount_cents for charge in await Charge.waiting(bojan.account)] == [799]


async def test_when_the_payment_does_not_come_it_is_barred_again(bojan: Person, world: Exchange) -> None:
    proof = await accepted(bojan)

    assert await lapse(UNTIL) == 0
    assert await world.has(bojan.line.number) == OPEN
    assert await lapse(UNTIL + timedelta(days=1)) == 1

    assert (await proof_now(proof)).state == ProofState.LAPSED
    assert await is_suspended(bojan)
    assert await world.has(bojan.line.number) == OUTGOING_BARRED
    assert len(await happened(Happened.PROOF_LAPSED)) == 1
    assert len(await happened(Happened.SUSPENDED_AGAIN)) == 1


async def test_lapsing_is_done_once_also_by_two_at_once(bojan: Person) -> None:
    await accepted(bojan)
    day = UNTIL + timedelta(days=1)

    assert sorted(await asyncio.gather(*(end_lapsed(day, NOON + timedelta(days=7)) for _ in range(3)))) == [0, 0, 1]
    assert await lapse(day + timedelta(days=1)) == 0
    assert len(await happened(Happened.SUSPENDED_AGAIN)) == 1
    assert await Suspension.count() == 2


async def test_paid_in_time_it_is_booked_and_nothing_lapses(bojan: Person, world: Exchange) -> None:
    proof = await accepted(bojan)

    await pays(bojan, at=NOON + timedelta(days=2))
    await lapse(UNTIL + timedelta(days=1))

    assert (await proof_now(proof)).state == ProofState.BOOKED
    assert await world.has(bojan.line.number) == OPEN
    assert await open_case(bojan.account.id) is None


async def test_paid_without_a_case_it_ends_as_booked(world: Exchange) -> None:
    ana = await a_person("Ana Kovač")
    bill = await ana.bill()
    proof = await accepted(ana)
    await Bill.update({Bill.open_cents: 0}).where(Bill.id == bill.id)

    assert await lapse(UNTIL + timedelta(days=1)) == 0
    assert (await proof_now(proof)).state == ProofState.BOOKED


async def test_paid_for_what_it_proved_it_is_booked_though_a_newer_bill_is_overdue(
    bojan: Person, world: Exchange
) -> None:
    proof = await accepted(bojan)
    newer = await bojan.bill(3_000, due=TODAY)

    await comes_for(bojan.bills[0], at=NOON + timedelta(days=2))

    assert (await proof_now(proof)).state == ProofState.BOOKED
    assert await lapse(UNTIL + timedelta(days=1)) == 0
    assert await world.has(bojan.line.number) == OPEN
    assert await happened(Happened.PROOF_LAPSED) == []
    assert await overdue_of(bojan.account.id, UNTIL) == newer.total


async def test_money_for_a_newer_bill_is_not_what_was_proved(bojan: Person, world: Exchange) -> None:
    proof = await accepted(bojan)

    await comes_for(await bojan.bill(3_000, due=TODAY), at=NOON + timedelta(days=2))

    assert await lapse(UNTIL + timedelta(days=1)) == 1
    assert (await proof_now(proof)).state == ProofState.LAPSED
    assert await world.has(bojan.line.number) == OUTGOING_BARRED


async def test_what_a_booked_proof_opened_is_not_barred_by_another_that_lapses(bojan: Person, world: Exchange) -> None:
    await accepted(bojan)
    await bojan.bill(3_000, due=TODAY)
    await comes_for(bojan.bills[0], at=NOON + timedelta(days=2))
    another = await accepted(bojan, at=NOON + timedelta(days=3))
    assert another.holds_until is not None

    assert await lapse(another.holds_until + timedelta(days=1)) == 1
    assert await world.has(bojan.line.number) == OPEN


async def test_barred_again_the_customer_is_told_so_once_and_has_a_day_before_the_next_step(bojan: Person) -> None:
    await accepted(bojan)
    lapsed_on = UNTIL + timedelta(days=1)
    case = await open_case(bojan.account.id)
    assert case is not None
    await DunningCase.update({DunningCase.next_on: UNTIL}).where(DunningCase.id == case.id)

    await lapse(lapsed_on)
    await lapse(lapsed_on)

    *before, last = await texts(bojan.line.number)
    assert "izklopili" in last
    assert len([text for text in before if "izklopili" in text]) == 1
    assert "28. 11. 2026" in last, "until then the next bar and its fee can be avoided"
    case = await open_case(bojan.account.id)
    assert case is not None
    assert case.next_on == lapsed_on + timedelta(days=1)


async def test_barred_again_nobody_is_told_of_a_fee_that_was_waived(bojan: Person) -> None:
    await accepted(bojan)
    [charge] = await Charge.objects()
    await waive(charge.id, reason="kindness", decided_by=ADVISER, at=NOON)

    await lapse(UNTIL + timedelta(days=1))

    first, again = [mail.text for mail in await mails(bojan.customer.email) if "izklopljene" in mail.subject]
    assert "7,99" in first
    assert "7,99" not in again


async def test_a_proof_nobody_looked_at_is_booked_when_its_money_comes(bojan: Person) -> None:
    proof = await a_proof(bojan)

    await comes_for(await bojan.bill(3_000, due=TODAY), at=NOON)
    assert (await proof_now(proof)).state == ProofState.WAITING
    await comes_for(bojan.bills[0], at=NOON)

    assert (await proof_now(proof)).state == ProofState.BOOKED


async def test_sent_before_the_due_day_it_waits_for_the_money_of_that_bill(world: Exchange) -> None:
    ana = await a_person("Ana Kovač")
    bill, other = await ana.bill(due=TODAY + timedelta(days=5)), await ana.bill(due=TODAY + timedelta(days=6))
    proof = await a_proof(ana)

    await comes_for(other, at=NOON)
    assert (await proof_now(proof)).state == ProofState.WAITING
    await comes_for(bill, at=NOON)

    assert (await proof_now(proof)).state == ProofState.BOOKED


async def test_an_objection_is_no_payment(bojan: Person, world: Exchange) -> None:
    proof = await accepted(bojan)

    await dispute(bojan.bills[0], ZERO, reason="Ni moje.", opened_by=ADVISER, at=NOON + timedelta(days=1))
    await work_off()

    assert (await proof_now(proof)).state == ProofState.ACCEPTED
    assert await lapse(UNTIL + timedelta(days=1)) == 1
    assert (await proof_now(proof)).state == ProofState.LAPSED
    assert await world.has(bojan.line.number) == OPEN


async def test_objected_to_meanwhile_nothing_is_barred_again_for_a_newer_bill(bojan: Person, world: Exchange) -> None:
    await accepted(bojan)
    await bojan.bill(3_000, due=TODAY)
    await dispute(bojan.bills[0], ZERO, reason="Ni moje.", opened_by=ADVISER, at=NOON + timedelta(days=1))
    await work_off()

    assert await lapse(UNTIL + timedelta(days=1)) == 1
    assert await open_case(bojan.account.id) is not None
    assert await world.has(bojan.line.number) == OPEN


async def test_while_another_proof_holds_nothing_is_barred_again(bojan: Person, world: Exchange) -> None:
    await accepted(bojan)
    await accepted(bojan, at=NOON + timedelta(days=3))

    assert await lapse(UNTIL + timedelta(days=1)) == 1
    assert await world.has(bojan.line.number) == OPEN
    assert await lapse(UNTIL + timedelta(days=10)) == 1
    assert await world.has(bojan.line.number) == OUTGOING_BARRED
    assert len(await happened(Happened.SUSPENDED_AGAIN)) == 1


async def test_who_was_never_barred_is_not_barred_by_a_lapse(world: Exchange) -> None:
    ana = await a_person("Ana Kovač")
    await a_case(ana, "notice")
    await accepted(ana)

    assert await lapse(UNTIL + timedelta(days=1)) == 1
    assert await Suspension.count() == 0
    assert await DunningCase.exists().where(DunningCase.account == ana.account.id)


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
