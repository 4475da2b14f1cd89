"""Of quick toggles, of two tabs and of an hour without the network the last wish of each service is what remains."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from portal import clock
from portal.network.sending import send
from portal.network.switching import SERVICES
from portal.network.tables import OFF, OrderState
from portal.sandbox.network import Behaviour
from tests.network.orders import ON, afterwards, setting_noted, sweep, wish, wish_states_of, wishes_of
from tests.people import NOON, Person, a_person
from tests.working import work_off
from tests.world import Exchange

HOUR = timedelta(hours=1)
FIVE_MINUTES = timedelta(minutes=5)


async def test_ten_quick_toggles_end_in_the_last_wish(bojan: Person, exchange: Exchange) -> None:
    line = bojan.line.number
    await exchange.behaves(line, Behaviour.SLOW)
    running = []
    for n in range(9):
        await wish(bojan, "roaming", ON if n % 2 else OFF)
        running.append(asyncio.create_task(send(SERVICES, (await wishes_of(bojan, "roaming"))[-1].id, NOON)))
        await exchange.gate.somebody_waits()
    last = await wish(bojan, "roaming", ON)

    exchange.gate.opened.set()
    await asyncio.gather(*running, return_exceptions=True)
    for _ in range(4):
        await work_off(later=True)

    assert await exchange.has_setting(line, "roaming") == ON
    assert await setting_noted(bojan, "roaming") == ON
    states = await wish_states_of(bojan, "roaming")
    assert states[:9] == [OrderState.SUPERSEDED] * 9
    assert set(states[9:]) == {OrderState.CONFIRMED}
    assert afterwards == [last]


async def test_wishes_for_two_services_do_not_supersede_each_other(bojan: Person, exchange: Exchange) -> None:
    both = {await wish(bojan, "roaming", ON), await wish(bojan, "premium", ON)}

    await work_off()

    assert set(afterwards) == both


async def test_nor_do_those_of_two_lines(bojan: Person, exchange: Exchange) -> None:
    maja = await a_person("Maja Zupan")
    both = {await wish(bojan, "roaming", ON), await wish(maja, "roaming", ON)}

    await work_off()

    assert set(afterwards) == both


async def test_two_tabs_at_the_same_moment_leave_one_open_order(bojan: Person) -> None:
    await asyncio.gather(*(wish(bojan, "roaming", setting) for setting in [ON, OFF] * 3))

    assert sorted(await wish_states_of(bojan, "roaming")) == [OrderState.SUPERSEDED] * 5 + [OrderState.WAITING]


async def test_the_network_down_for_an_hour(bojan: Person, exchange: Exchange) -> None:
    people = [bojan, await a_person("Maja Zupan"), await a_person("Irena Golob")]
    began = clock.now()
    await exchange.goes_down()
    for person in people:
        await wish(person, "roaming", ON, at=began)
        await wish(person, "roaming", OFF, at=began)
        await wish(person, "roaming", ON, at=began)
    at = began
    while at < began + HOUR:
        at += FIVE_MINUTES
        await sweep(at)
    assert afterwards == []

    await exchange.comes_up()
    while at < began + HOUR + FIVE_MINUTES * 2:
        at += FIVE_MINUTES
        await sweep(at)

    assert len(afterwards) == len(people)
    assert [await exchange.switched(person.line.number, "roaming") for person in people] == [1, 1, 1]
    assert [await setting_noted(person, "roaming") for person in people] == [ON, ON, ON]
