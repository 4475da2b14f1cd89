"""Money that came in another amount: nobody is barred while a person looks at it, and then the ladder goes on."""

from __future__ import annotations

from datetime import timedelta

from portal.dunning.carrying_out import carry_out
from portal.dunning.cases import open_case
from portal.dunning.deferrals.deferring import facts_of
from portal.dunning.deferrals.refusals import PaymentUnderWay
from portal.dunning.deferrals.rules import short
from portal.network.tables import OPEN, OUTGOING_BARRED
from portal.payments.tables import AttemptState, PaymentAttempt
from tests.dunning.case_rows import a_case, a_payment_under_way
from tests.dunning.cases import taken
from tests.dunning.nights import live_through, night, steps_of
from tests.people import NOON, TODAY, Person, a_person
from tests.world import Exchange


async def looked_at() -> None:
    """A person sent it back."""
    await PaymentAttempt.update({PaymentAttempt.state: AttemptState.FAILED}, force=True)


async def test_nobody_is_barred_while_a_held_payment_is_looked_at(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await a_case(bojan, "notice", days_ago=3)
    await a_payment_under_way(bojan, state=AttemptState.HELD)

    await live_through(TODAY, TODAY + timedelta(days=20), with_post=False)

    assert "outgoing" not in await steps_of(bojan)
    assert await world.has(bojan.line.number) == OPEN
    await looked_at()
    await night(TODAY + timedelta(days=21))
    assert await world.has(bojan.line.number) == OUTGOING_BARRED


async def test_what_was_decided_before_it_was_held_is_taken_back(world: Exchange) -> None:
    bojan = await with_a_bill()
    bar = await taken(bojan)
    await a_payment_under_way(bojan, state=AttemptState.HELD)

    await carry_out(bar.id, NOON)

    assert await world.has(bojan.line.number) == OPEN
    case = await open_case(bojan.account.id)
    assert case is not None
    assert (case.next_step, case.next_on) == ("outgoing", TODAY + timedelta(days=1))


async def test_a_deferral_is_not_sold_for_it(world: Exchange) -> None:
    bojan = await a_person("Bojan Kralj")
    await a_case(bojan, "notice")
    held = await a_payment_under_way(bojan, state=AttemptState.HELD)

    refusal = short(await facts_of(bojan.account.id, TODAY), TODAY).refusal

    assert isinstance(refusal, PaymentUnderWay)
    assert refusal.payment == held.id


async def with_a_bill() -> Person:
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(issued=TODAY - timedelta(days=24))
    return bojan
