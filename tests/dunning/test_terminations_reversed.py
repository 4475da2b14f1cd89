"""A person takes the end of a contract back: as if it had not been, and the ladder stands still until they say so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from portal.audit import AuditEntry, Event
from portal.billing.tables import Bill, BillLine, Charge
from portal.customers.locking import lock_account
from portal.customers.tables import Contract
from portal.database import transaction
from portal.dunning.case_tables import DunningCase, days_of
from portal.dunning.cases import policy_of
from portal.dunning.endings.batches import leave
from portal.dunning.endings.ended import recent
from portal.dunning.endings.exporting import export
from portal.dunning.endings.going_back import NotReversed, latest_case, resume
from portal.dunning.endings.reversing import reverse_termination
from portal.dunning.notices import tell
from portal.dunning.policy import HandOverTo
from portal.messaging.printing import print_letters
from portal.messaging.tables import Message, MessageState
from portal.money import Money
from tests.dunning.case_rows import a_case
from tests.dunning.cases import is_suspended
from tests.dunning.endings import (
    LATER,
    TOMORROW,
    another_contract,
    bound,
    claim_of,
    contract_of,
    ended_of,
    fresh,
    handed_over,
    handovers,
    in_debt,
    noon,
    pays,
    pays_all,
    received,
    terminated,
    termination_of,
)
from tests.dunning.nights import live_through, steps_of
from tests.payments.books import books_balance
from tests.people import NOON, TODAY, a_person
from tests.working import work_off
from tests.world import Exchange

BECAUSE = "agreed on instalments"


async def taken_back(case: DunningCase) -> None:
    await reverse_termination(case, "Nada", BECAUSE, LATER)


async def test_the_contracts_go_on_and_nothing_is_claimed(database: str) -> None:
    bojan = await a_person()
    await bound(bojan)
    gone = await another_contract(bojan, "P900003", ended_on=TODAY)
    case = await terminated(bojan)

    await taken_back(case)

    assert (await contract_of(bojan)).ended_on is None
    assert await Contract.exists().where(Contract.id == gone.id, Contract.ended_on == TODAY)
    claim = await claim_of(bojan)
    assert (claim.total, claim.open) == (Money(0), Money(0))
    lines = await BillLine.objects().where(BillLine.bill == claim.id).order_by(BillLine.position)
    assert [line.amount.cents for line in lines] == [14_958, -14_958]
    assert lines[-1].description == "Preklicano, pogodba velja naprej"
    assert await books_balance()


async def test_it_is_kept_with_who_and_why(database: str) -> None:
    bojan = await a_person()
    case = await terminated(bojan)

    await taken_back(case)

    termination = await termination_of(bojan)
    assert (termination.reversed_at, termination.reversed_by, termination.reversed_because) == (LATER, "Nada", BECAUSE)
    assert await AuditEntry.exists().where(AuditEntry.event == Event.TERMINATION_REVERSED)
    assert len(await ended_of(bojan)) == 1
    [listed] = await recent()
    assert (listed.reversed_by, listed.is_stopped) == ("Nada", True)


async def test_the_ladder_stands_still_and_the_services_stay_off(world: Exchange) -> None:
    bojan = await a_person()
    case = await terminated(bojan)
    await taken_back(case)

    await live_through(TOMORROW, TOMORROW + timedelta(days=40))

    assert "termination" not in await steps_of(bojan)
    assert (await contract_of(bojan)).ended_on is None
    stopped = await fresh(case)
    assert [stopped.next_step, stopped.next_on] == [None, None]
    assert await is_suspended(bojan)


async def test_resumed_the_contract_ends_again(world: Exchange) -> None:
    bojan = await a_person()
    await bound(bojan)
    case = await terminated(bojan)
    await taken_back(case)

    on = await resume(await latest_case(bojan.account.number), "Nada", "the instalments stopped", noon(TOMORROW))
    await live_through(TOMORROW, TOMORROW + timedelta(days=1))

    assert on == TOMORROW
    assert (await steps_of(bojan))["termination"] == TOMORROW
    assert (await contract_of(bojan)).ended_on == TOMORROW
    assert len(await Bill.objects().where(Bill.number.like("V-%"))) == 2
    with pytest.raises(NotReversed, match="does not stand still"):
        await resume(await latest_case(bojan.account.number), "Nada", "again", noon(TOMORROW))


async def test_a_final_demand_that_was_not_posted_stays_here(database: str) -> None:
    bojan = await a_person()
    case = await terminated(bojan)
    async with transaction() as connected:
        await lock_account(connected, case.account)
        await tell(case, policy_of(case).step("final_demand"), at=NOON)

    await taken_back(case)
    await print_letters(LATER)

    [letter] = await Message.objects().where(Message.channel == "letter")
    assert letter.state == MessageState.EXPIRED


async def test_a_demand_that_was_printed_already_arrives_and_nothing_follows_from_it(world: Exchange) -> None:
    bojan = await a_person()
    await a_case(bojan, "incoming", days_ago=30)
    await live_through(TODAY, TOMORROW)
    await print_letters(noon(TOMORROW))

    await reverse_termination(await latest_case(bojan.account.number), "Nada", BECAUSE, noon(TOMORROW))
    await live_through(TOMORROW + timedelta(days=1), TOMORROW + timedelta(days=10))

    stopped = await latest_case(bojan.account.number)
    assert "final_demand" not in days_of(stopped.last_days)


async def test_once_nothing_is_overdue_the_lines_are_opened(world: Exchange) -> None:
    bojan = await a_person()
    case = await terminated(bojan)
    await pays_all(bojan, at=NOON + timedelta(hours=1))
    assert not await is_suspended(bojan)

    await taken_back(case)
    await work_off()

    assert not await is_suspended(bojan)
    assert sum(charge.amount_cents for charge in await Charge.objects()) == 6_396
    assert await AuditEntry.exists().where(AuditEntry.event == Event.RECONNECTED)


async def test_it_is_taken_back_once(database: str) -> None:
    case = await terminated(await a_person())
    await taken_back(case)

    with pytest.raises(NotReversed, match="was taken back before"):
        await taken_back(case)


async def test_a_claim_that_is_paid_in_part_stands(database: str) -> None:
    bojan = await a_person()
    await bound(bojan)
    case = await terminated(bojan)
    claim = await claim_of(bojan)
    await Bill.update({Bill.open_cents: 5_000}).where(Bill.id == claim.id)

    with pytest.raises(NotReversed, match="paid in part or disputed"):
        await taken_back(case)

    assert (await contract_of(bojan)).ended_on == TODAY
    assert (await claim_of(bojan)).open == Money(5_000)


async def test_a_disputed_claim_is_decided_first(database: str) -> None:
    bojan = await a_person()
    await bound(bojan)
    case = await terminated(bojan)
    await Bill.update({Bill.disputed_cents: 5_000}).where(Bill.id == (await claim_of(bojan)).id)

    with pytest.raises(NotReversed, match="paid in part or disputed"):
        await taken_back(case)


async def test_a_cancelled_claim_keeps_no_case_open(database: str) -> None:
    bojan = await a_person()
    await bound(bojan)
    case = await terminated(bojan)
    await pays(bojan, *bojan.bills)
    assert (await fresh(case)).closed_at is None

    await taken_back(case)

    assert (await fresh(case)).closed_at == LATER


async def test_what_was_handed_over_and_is_still_here_comes_back_too(folder: Path) -> None:
    bojan = await a_person()
    case = await terminated(bojan)
    await handed_over(case)
    await export(HandOverTo.AGENCY, NOON)

    await taken_back(case)
    await export(HandOverTo.AGENCY, LATER)

    [handover] = await handovers()
    assert handover.reversed_because == BECAUSE
    assert [batch.debts for batch in received(folder)] == [[]]


async def test_what_has_left_the_house_cannot_be_taken_back(folder: Path) -> None:
    bojan = await a_person()
    case = await in_debt(bojan)
    await export(HandOverTo.AGENCY, NOON)
    await leave("2026-11-21-agency-1", "Nada", NOON)

    with pytest.raises(NotReversed, match="The debt has left for agency"):
        await taken_back(case)

    assert (await termination_of(bojan)).reversed_at is None
