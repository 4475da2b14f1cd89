"""A fee is waived once, with a reason, before a bill holds it; in its episode it does not come again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from portal.audit import AuditEntry, Event
from portal.billing.tables import Charge, ChargeKind
from portal.dunning.case_tables import CaseEvent, Happened
from portal.dunning.proofs.proving import accept, end_lapsed
from portal.dunning.waiving import NoSuchFee, NotWaived, waive
from portal.home.overview import overview_of
from tests.dunning.case_rows import a_case, a_charge, a_deferral, a_proof
from tests.dunning.cases import pays, suspended
from tests.people import NOON, TODAY, Person, a_person
from tests.visiting import Visitor
from tests.working import work_off
from tests.world import Exchange

WHY = "Napaka banke"


@pytest.fixture
async def bojan(database: str) -> Person:
    return await a_person("Bojan Kralj")


async def waived(charge: Charge, by: str = "Nada") -> Charge:
    return await waive(charge.id, reason=WHY, decided_by=by, at=NOON)


async def events() -> list[CaseEvent]:
    return await CaseEvent.objects().where(CaseEvent.kind == Happened.FEE_WAIVED)


async def test_a_waived_fee_waits_for_no_bill(bojan: Person) -> None:
    case = await a_case(bojan)
    charge = await a_charge(bojan, case.id, ChargeKind.SUSPENSION, 2_098)
    kept = await a_charge(bojan, case.id, ChargeKind.RECONNECTION, 799)

    await waived(charge)

    assert [waiting.id for waiting in await Charge.waiting(bojan.account)] == [kept.id]
    assert [amount.cents for _, amount in (await overview_of(bojan.account, [], NOON)).charges] == [799]
    fresh = await Charge.objects().get(Charge.id == charge.id)
    assert fresh is not None
    assert (fresh.waived_by, fresh.waived_because, fresh.waived_at) == ("Nada", WHY, NOON)


async def test_the_timeline_and_the_trail_tell_of_it(bojan: Person) -> None:
    case = await a_case(bojan)

    await waived(await a_charge(bojan, case.id, ChargeKind.SUSPENSION, 2_098))

    [event] = await events()
    assert (event.dunning_case, event.cents, event.reason, event.decided_by) == (case.id, 2_098, WHY, "Nada")
    [entry] = await AuditEntry.objects().where(AuditEntry.event == Event.FEE_WAIVED)
    assert entry.account_id == bojan.account.id


async def test_the_fee_of_a_deferral_stands_on_its_case(bojan: Person) -> None:
    case = await a_case(bojan)
    deferral = await a_deferral(bojan, case, until=TODAY + timedelta(days=10))

    await waived(await a_charge(bojan, deferral.id, ChargeKind.DEFERRAL, 299))

    assert [event.dunning_case for event in await events()] == [case.id]


async def test_a_fee_from_before_cases_were_kept_is_waived_too(bojan: Person) -> None:
    await waived(await a_charge(bojan, uuid4(), ChargeKind.RECONNECTION, 799))

    assert await events() == []
    assert not await Charge.waiting(bojan.account)


async def test_two_who_waive_it_at_once_waive_it_once(bojan: Person) -> None:
    case = await a_case(bojan)
    charge = await a_charge(bojan, case.id, ChargeKind.SUSPENSION, 2_098)

    outcomes = await asyncio.gather(*(waived(charge, name) for name in ("Nada", "Miha", "Oto")), return_exceptions=True)

    assert sum(isinstance(outcome, NotWaived) for outcome in outcomes) == 2
    assert len(await events()) == 1


async def test_what_is_on_a_bill_is_billings_to_correct(bojan: Person) -> None:
    case = await a_case(bojan)
    charge = await a_charge(bojan, case.id, ChargeKind.SUSPENSION, 2_098)
    await Charge.update({Charge.bill: case.bill}).where(Charge.id == charge.id)

    with pytest.raises(NotWaived):
        await waived(charge)
    with pytest.raises(NoSuchFee):
        await waive(uuid4(), reason=WHY, decided_by="Nada", at=NOON)
    assert await events() == []


async def test_in_its_episode_it_is_not_charged_again(world: Exchange, visit: Visitor) -> None:
    bojan = await a_person("Bojan Kralj")
    await suspended(bojan)
    await accept((await a_proof(bojan)).id, decided_by="Nada", at=NOON)
    await work_off()
    [charge] = await Charge.waiting(bojan.account)
    await waived(charge)

    later = NOON + timedelta(days=10)
    await end_lapsed(later.date(), later)
    await work_off()
    await pays(bojan, at=later)
    await work_off()

    assert not await Charge.waiting(bojan.account)
    assert await Charge.count() == 1
