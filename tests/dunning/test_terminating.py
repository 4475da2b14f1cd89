"""The contract ends for non-payment: once, with what was bound asked back, and told by letter on the next day."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from portal.audit import AuditEntry, Event
from portal.billing.tables import Bill
from portal.customers.tables import Contract, PackageKind
from portal.dunning.cases import open_case
from portal.dunning.endings.tables import Termination
from portal.dunning.endings.terminating import final_demand_values
from portal.messaging.tables import Channel
from portal.messaging.writing import write
from portal.money import Money
from portal.network.tables import BarringOrder
from tests.dunning.case_rows import a_case
from tests.dunning.cases import is_suspended
from tests.dunning.endings import (
    TOMORROW,
    another_contract,
    bound,
    claim_of,
    contract_of,
    ended_of,
    ends,
    handovers,
    noon,
    pays,
    pays_all,
    steps,
    terminated,
    termination_of,
)
from tests.dunning.nights import live_through, told
from tests.people import NOON, TODAY, a_bill, a_person
from tests.working import work_off
from tests.world import Exchange

LAST_DAY = date(2026, 12, 14)


@pytest.mark.parametrize(
    ("package", "policy", "step"),
    [
        (PackageKind.MOBILE, "mobile-2", "incoming"),
        (PackageKind.FLEX, "flex-2", "incoming"),
        (PackageKind.KOMBO, "kombo-2", "all"),
        (PackageKind.LEGACY_FIXED, "legacy-fixed-2", "all"),
    ],
)
async def test_the_contract_ends_and_the_suspension_stays(
    world: Exchange, package: PackageKind, policy: str, step: str
) -> None:
    bojan = await a_person(package=package)
    await terminated(bojan, policy=policy, step=step)

    termination = await termination_of(bojan)
    assert (termination.ended_on, termination.claim, termination.reason) == (TODAY, None, "unpaid bill")
    assert (await contract_of(bojan)).ended_on == TODAY
    assert await is_suspended(bojan)
    [entry] = await AuditEntry.objects().where(AuditEntry.event == Event.TERMINATED)
    assert entry.account_id == bojan.account.id


async def test_who_was_bound_gives_the_benefit_back(database: str) -> None:
    bojan = await a_person()
    await bound(bojan)
    await terminated(bojan)

    [line] = await ended_of(bojan)
    assert (line.received_cents, line.bound_days, line.days_left) == (30_000, 730, 364)
    assert line.back == Money(14_958)
    assert (await claim_of(bojan)).open == Money(14_958)


async def test_several_contracts_end_each_with_its_line(database: str) -> None:
    bojan = await a_person()
    await bound(bojan)
    await another_contract(bojan, "P900001", committed_until=date(2027, 1, 1), benefit_cents=50_000)
    await another_contract(bojan, "P900002")
    gone = await another_contract(bojan, "P900003", ended_on=date(2025, 5, 5))
    await terminated(bojan)

    assert [line.back.cents for line in await ended_of(bojan)] == [14_958, 801, 0]
    assert (await claim_of(bojan)).total == Money(15_759)
    assert await Contract.exists().where(Contract.id == gone.id, Contract.ended_on == date(2025, 5, 5))


async def test_another_account_of_the_customer_goes_on(database: str) -> None:
    bojan, ana = await a_person(), await a_person("Ana Žagar")
    await terminated(bojan)

    assert (await contract_of(ana)).ended_on is None


async def test_it_happens_once_however_often_it_is_asked(database: str) -> None:
    bojan = await a_person()
    await bound(bojan)
    case = await a_case(bojan, "incoming", days_ago=30)
    await steps(case, "termination", NOON)

    await asyncio.gather(*(ends(case) for _ in range(4)))
    await ends(case, noon(TOMORROW))

    assert (await termination_of(bojan)).ended_on == TODAY
    assert await Termination.count() == 1
    assert await Bill.count().where(Bill.number.like("V-%")) == 1
    assert await AuditEntry.count().where(AuditEntry.event == Event.TERMINATED) == 1


async def test_the_ladder_ends_it_and_writes_on_the_next_day(world: Exchange) -> None:
    bojan = await a_person()
    await bound(bojan)
    case = await a_case(bojan, "incoming", days_ago=29)
    assert case.next_on == TODAY + timedelta(days=1)

    await live_through(TODAY, TODAY + timedelta(days=2))

    assert (await termination_of(bojan)).ended_on == TODAY + timedelta(days=1)
    assert await told(bojan) == {TODAY + timedelta(days=2): ["email payment_call", "letter payment_call"]}


async def test_what_was_paid_that_very_day_leaves_the_benefit_to_be_demanded(world: Exchange) -> None:
    bojan = await a_person()
    await bound(bojan)
    await a_case(bojan, "incoming", days_ago=30)
    await live_through(TODAY, TODAY)
    await pays(bojan, *bojan.bills, at=noon(TODAY))

    await live_through(TOMORROW, TODAY + timedelta(days=30))

    assert (await told(bojan))[TOMORROW] == ["email payment_call", "letter payment_call"]
    [handover] = await handovers()
    assert handover.amount == Money(14_958)


async def test_the_letter_shows_the_claim_line_by_line(database: str) -> None:
    bojan = await a_person()
    await bound(bojan)
    case = await terminated(bojan)

    values = await final_demand_values(case, LAST_DAY, noon(TOMORROW))

    letter = write("payment_call", Channel.LETTER, "sl", values).text.replace("\u202f", " ")
    for said in ("21. 11. 2026", "14. 12. 2026", "86,45 €", "300,00 €", "730", "364", "149,58 €", "236,03 €"):
        assert said in letter.replace("\u00a0", " "), said
    assert (await claim_of(bojan)).due_on == LAST_DAY


async def test_the_letter_of_who_was_not_bound_claims_nothing(database: str) -> None:
    bojan = await a_person()
    case = await terminated(bojan)

    values = await final_demand_values(case, LAST_DAY, noon(TOMORROW))

    assert (values["benefit"], values["total"]) == (False, Money(8_645))
    assert "ugodnost" not in write("payment_call", Channel.EMAIL, "sl", values).text


async def test_told_very_late_the_claim_is_demanded_once(database: str) -> None:
    bojan = await a_person()
    await bound(bojan)
    case = await terminated(bojan)
    late = TODAY + timedelta(days=60)

    values = await final_demand_values(case, late + timedelta(days=15), noon(late))

    assert [bill["open"] for bill in values["bills"]] == [Money(8_645)]
    assert values["total"] == Money(8_645 + 14_958)


async def test_what_is_disputed_is_not_demanded(database: str) -> None:
    bojan = await a_person()
    case = await terminated(bojan)
    other = await a_bill(bojan.account, 5_000, due=TODAY - timedelta(days=60))
    await Bill.update({Bill.disputed_cents: 3_000}).where(Bill.id == other.id)

    values = await final_demand_values(case, LAST_DAY, noon(TOMORROW))

    assert values["total"] == Money(8_645 + 2_000)


async def test_what_is_paid_after_the_end_opens_nothing_again(world: Exchange) -> None:
    bojan = await a_person()
    await terminated(bojan)

    assert not await pays_all(bojan)
    await work_off()

    assert await open_case(bojan.account.id) is None
    assert not await is_suspended(bojan)
    assert not await BarringOrder.exists()
    assert (await contract_of(bojan)).ended_on == TODAY


async def test_the_case_goes_on_until_the_claim_is_paid_too(database: str) -> None:
    bojan = await a_person()
    await bound(bojan)
    case = await terminated(bojan)

    await pays(bojan, *bojan.bills)
    assert await open_case(bojan.account.id)

    only_the_benefit = await final_demand_values(case, LAST_DAY, noon(TOMORROW))
    assert (only_the_benefit["bills"], only_the_benefit["total"]) == ([], Money(14_958))
    assert "149,58" in write("payment_call", Channel.LETTER, "sl", only_the_benefit).text
    await pays_all(bojan, at=NOON + timedelta(days=2))
    assert await open_case(bojan.account.id) is None
