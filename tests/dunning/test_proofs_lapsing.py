"""A proof whose money does not come lapses once: what it opened is barred again, and the customer is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from portal.billing.tables import Charge
from portal.dunning.case_tables import DunningCase, Happened
from portal.dunning.cases import open_case
from portal.dunning.disputing import dispute
from portal.dunning.proofs.proving import end_lapsed
from portal.dunning.relief_tables import ProofState
from portal.dunning.tables import Suspension
from portal.dunning.waiving import waive
from portal.money import ZERO
from portal.network.tables import OPEN, OUTGOING_BARRED
from tests.dunning.case_rows import a_case
from tests.dunning.cases import is_suspended, pays
from tests.dunning.proven import ADVISER, UNTIL, accepted, bojan, happened, lapse, proof_now
from tests.people import NOON, TODAY, Person, a_person
from tests.working import work_off
from tests.world import Exchange, mails, texts

__all__ = ["bojan"]


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
