"""What a night would do, told before: who moves and why, what it costs, who waits and for what, no more than asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.billing.tables import Bill
from portal.dunning import chunks, planning
from portal.dunning.case_tables import DunningCase
from portal.dunning.planning import plan
from portal.messaging import gateways
from portal.sandbox.phone import SandboxPhone
from tests.dunning.case_rows import a_case, a_deferral, a_payment_under_way, a_proof
from tests.dunning.nights import ONE_DAY, live_through, night, steps_of
from tests.people import TODAY, Person, a_person
from tests.world import Exchange

DUE = date(2026, 11, 17)
OPENS = DUE + ONE_DAY


async def due_today(name: str, step: str = "notice") -> tuple[Person, DunningCase]:
    """Whose next step comes today."""
    person = await a_person(name)
    case = await a_case(person, step, days_ago=20)
    await DunningCase.update({DunningCase.next_on: TODAY}).where(DunningCase.id == case.id)
    return person, case


async def test_a_bar_comes_with_what_it_makes_dearer(world: Exchange) -> None:
    await due_today("Ana Zupan", "notice")
    await due_today("Bojan Kralj", "outgoing")
    await due_today("Cene Mlakar", "outgoing_and_fixed")

    steps = {step: one.brings.plain for (_, step), one in (await plan(TODAY)).steps.items()}

    assert steps == {"outgoing": "7.99", "outgoing_and_fixed": "20.98", "incoming": "34.99"}


async def test_who_waits_and_for_what(world: Exchange) -> None:
    later = TODAY + 5 * ONE_DAY
    ana, deferred = await due_today("Ana Zupan")
    await a_deferral(ana, deferred, until=later)
    bojan, proven = await due_today("Bojan Kralj")
    await a_proof(bojan, proven, holds_until=later)
    cene, _ = await due_today("Cene Mlakar")
    await a_payment_under_way(cene)
    darja, _ = await due_today("Darja Novak")
    await Bill.update({Bill.disputed_cents: Bill.open_cents}).where(Bill.account == darja.account.id)

    planned = await plan(TODAY)

    assert not planned.moving
    assert {one.account: one.reason for one in planned.waiting} == {
        ana.account.number: f"deferred until {later}",
        bojan.account.number: f"a proof of payment holds it until {later}",
        cene.account.number: "a payment is under way",
        darja.account.number: "nothing undisputed is overdue",
    }
    assert (await night(TODAY)).moved == 0


async def test_what_arrived_since_the_last_night_moves_too(world: Exchange) -> None:
    bojan = await a_person()
    await bojan.bill(due=DUE)
    await live_through(OPENS, OPENS + 2 * ONE_DAY)
    bars_on = OPENS + 6 * ONE_DAY

    planned = await plan(bars_on)

    [one] = planned.moving
    assert (one.account, one.step, one.brings.plain) == (bojan.account.number, "outgoing", "7.99")
    assert await DunningCase.exists().where(DunningCase.next_on.is_null()), "nothing was noted"
    assert not (await plan(bars_on - 3 * ONE_DAY)).moving, "it gives days yet"
    assert (await night(bars_on)).moved == 1
    assert "outgoing" in await steps_of(bojan)


async def test_who_was_told_and_has_not_got_it_waits(world: Exchange) -> None:
    bojan = await a_person()
    await bojan.bill(due=DUE)
    gateways.use_sms(SandboxPhone())
    await live_through(OPENS, OPENS + 2 * ONE_DAY)

    [one] = (await plan(OPENS + timedelta(days=30))).waiting

    assert (one.step, one.reason) == ("outgoing", "what it was told has not arrived yet")


async def test_all_are_counted_and_as_many_listed_as_asked_for(
    world: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 2)
    monkeypatch.setattr(planning, "CHUNK", 2)
    for n in range(3):
        await due_today(f"Dolžnik {n}")
        await (await a_person(f"Novi dolžnik {n}")).bill(1_000, due=TODAY - ONE_DAY)

    planned = await plan(TODAY, most=4)

    assert len(planned.moving) == 4
    counted = {step: (one.cases, one.overdue.cents) for (_, step), one in planned.steps.items()}
    assert counted == {"outgoing": (3, 3 * 8_645), "reminder": (3, 3_000)}
