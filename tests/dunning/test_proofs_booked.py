"""A proof is booked when the money that it proved comes, and only then."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.billing.tables import Bill
from portal.customers.locking import lock_account
from portal.database import transaction
from portal.dunning.case_tables import Happened
from portal.dunning.cases import open_case
from portal.dunning.disputing import dispute
from portal.dunning.owing import overdue_of
from portal.dunning.relief_tables import ProofState
from portal.dunning.settling import owed_changed
from portal.money import ZERO
from portal.network.tables import OPEN, OUTGOING_BARRED
from tests.dunning.case_rows import a_proof
from tests.dunning.cases import pays
from tests.dunning.proven import ADVISER, UNTIL, accepted, bojan, happened, lapse, proof_now
from tests.people import NOON, TODAY, Person, a_person
from tests.working import work_off
from tests.world import Exchange

__all__ = ["bojan"]


async def comes_for(bill: Bill, *, at: datetime) -> None:
    """The money of one bill is booked."""
    async with transaction() as connected:
        await lock_account(connected, bill.account)
        await Bill.update({Bill.open_cents: 0, Bill.settled_at: at}).where(Bill.id == bill.id)
        await owed_changed(bill.account, payment=None, reason="paid", decided_by="payments", at=at)
    await work_off()


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
