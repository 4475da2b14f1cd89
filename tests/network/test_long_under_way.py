"""What the network has under way for long is asked about ever less often, and not for ever."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from portal.network.orders import PATIENCE
from portal.network.sending import MOST_ASKED
from portal.network.tables import ServiceOrder
from portal.sandbox.network import Behaviour
from portal.sandbox.network.later import NetworkOrder
from tests.network.orders import ON, afterwards, sweep, wish, wishes_of
from tests.people import Person
from tests.working import waiting, work_off
from tests.world import Exchange

MINUTE = timedelta(minutes=1)


async def test_what_is_under_way_for_hours_is_asked_about_ever_less_often(bojan: Person, exchange: Exchange) -> None:
    at = clock.now()
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    await wish(bojan, "roaming", ON, at=at)
    await NetworkOrder.update({NetworkOrder.due_at: at + timedelta(days=2)}, force=True)
    with clock.stopped_at(at):
        for _ in range(PATIENCE):
            await work_off(later=True)
            await NetworkOrder.update({NetworkOrder.due_at: at + timedelta(days=2)}, force=True)
    assert await waiting() == []

    asked_in_hours = []
    for _ in range(12):
        before = await attempts(bojan)
        for _ in range(12):
            at += 5 * MINUTE
            await sweep(at)
        asked_in_hours.append(await attempts(bojan) - before)

    assert asked_in_hours[0] >= 6
    assert sum(asked_in_hours[6:]) <= 8
    assert await NetworkOrder.count() == 1


async def test_one_that_is_never_said_to_be_done_is_sent_again_after_a_fortnight(
    bojan: Person, exchange: Exchange
) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    asked = await wish(bojan, "roaming", ON)
    await work_off()
    await NetworkOrder.update({NetworkOrder.due_at: clock.now() + timedelta(days=1000)}, force=True)
    await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)
    await work_off(later=True)
    assert await exchange.switched(bojan.line.number, "roaming") == 0

    await ServiceOrder.update({ServiceOrder.attempts: MOST_ASKED}, force=True)
    await work_off(later=True)
    await sweep(clock.now() + timedelta(hours=2))

    assert await exchange.switched(bojan.line.number, "roaming") == 1
    assert afterwards == [asked]


async def attempts(person: Person) -> int:
    [asked] = await wishes_of(person, "roaming")
    return int(asked.attempts)
