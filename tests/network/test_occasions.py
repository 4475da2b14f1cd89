"""When the network has confirmed every line of an occasion, what comes after is done once."""

from __future__ import annotations

import asyncio

from portal.network.barring import BARRING
from portal.network.sending import send
from portal.network.tables import OPEN, OUTGOING_BARRED, OrderState
from portal.sandbox.network import Behaviour
from tests.network.orders import afterwards, order, orders_of, states_of
from tests.people import NOON, Person, a_person
from tests.working import work_off
from tests.world import Exchange


async def test_repeated_ten_times_at_once_it_is_confirmed_once(bojan: Person, exchange: Exchange) -> None:
    occasion = await order(OUTGOING_BARRED, bojan)
    [placed] = await orders_of(bojan)

    await asyncio.gather(*(send(BARRING, placed.id, NOON) for _ in range(10)))
    await work_off()

    assert await states_of(bojan) == [OrderState.CONFIRMED]
    assert afterwards == [str(occasion)]


async def test_an_occasion_is_done_when_its_last_line_is(bojan: Person, exchange: Exchange) -> None:
    maja = await a_person("Maja Zupan")
    await exchange.behaves(maja.line.number, Behaviour.SILENT)
    occasion = await order(OPEN, bojan, maja)

    await work_off()
    assert afterwards == []
    await exchange.behaves(maja.line.number, Behaviour.AT_ONCE)
    await work_off(later=True)

    assert afterwards == [str(occasion)]


async def test_lines_confirmed_at_the_same_moment_end_their_occasion_once(database: str, exchange: Exchange) -> None:
    family = [await a_person(f"Oseba {n}") for n in range(6)]
    occasion = await order(OPEN, *family)
    placed = [(await orders_of(person))[0].id for person in family]

    await asyncio.gather(*(send(BARRING, one, NOON) for one in placed))
    await work_off()

    assert afterwards == [str(occasion)]


async def test_an_occasion_without_lines_is_done_at_once(database: str) -> None:
    occasion = await order(OPEN)

    await work_off()

    assert afterwards == [str(occasion)]
