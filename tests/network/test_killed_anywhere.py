"""A worker may die wherever it waits for something: another one brings the order to the same end, told once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from itertools import count
from types import coroutine
from typing import Any

import pytest

from portal import clock
from portal.jobs import NotYet
from portal.network.barring import BARRING
from portal.network.sending import send
from portal.network.switching import SERVICES
from portal.network.tables import ALL_BARRED, OFF, OPEN, OrderState
from portal.sandbox.network import Behaviour
from tests.network.orders import (
    ON,
    afterwards,
    observed,
    order,
    orders_of,
    setting_noted,
    wish,
    wishes_of,
)
from tests.people import Person
from tests.working import work_off
from tests.world import Exchange


@coroutine
def killed(work: Coroutine[Any, Any, None], waits: int) -> Generator[Any, Any, bool]:
    """Let `work` go on until it waits for the nth time, and end it there. Whether it got so far."""
    for _ in range(waits):
        try:
            waited_for = work.send(None)
        except (StopIteration, NotYet):
            return False
        yield waited_for
    dying: BaseException | None = asyncio.CancelledError()
    while True:
        try:
            waited_for = work.throw(dying) if dying else work.send(None)
        except (StopIteration, NotYet):
            return False
        except asyncio.CancelledError:
            return True
        dying = None
        yield waited_for  # its transaction is rolled back


@pytest.mark.parametrize("behaviour", [Behaviour.AT_ONCE, Behaviour.LATER, Behaviour.SILENT_BUT_DONE])
async def test_an_order_of_a_service(bojan: Person, exchange: Exchange, behaviour: Behaviour) -> None:
    line = bojan.line.number
    for waits in count(1):
        setting = ON if waits % 2 else OFF
        await exchange.behaves(line, behaviour)
        asked = await wish(bojan, "roaming", setting)
        placed = (await wishes_of(bojan, "roaming"))[-1]
        is_killed = await killed(send(SERVICES, placed.id, clock.now()), waits)

        for _ in range(3):
            await work_off(later=True)
            await exchange.finishes(line)

        assert (await wishes_of(bojan, "roaming"))[-1].state == OrderState.CONFIRMED
        assert await exchange.has_setting(line, "roaming") == setting == await setting_noted(bojan, "roaming")
        assert afterwards.count(asked) == 1
        if not is_killed:
            break
    assert waits > 5


async def test_an_order_of_barring(bojan: Person, exchange: Exchange) -> None:
    for waits in count(1):
        profile = ALL_BARRED if waits % 2 else OPEN
        occasion = await order(profile, bojan)
        is_killed = await killed(send(BARRING, (await orders_of(bojan))[-1].id, clock.now()), waits)

        await work_off(later=True)

        assert (await orders_of(bojan))[-1].state == OrderState.CONFIRMED
        assert await exchange.has(bojan.line.number) == profile == await observed(bojan)
        assert afterwards.count(str(occasion)) == 1
        if not is_killed:
            break
    assert waits > 5


async def test_an_order_that_is_refused(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.REFUSING)
    for waits in count(1):
        asked = await wish(bojan, "roaming", ON)
        placed = (await wishes_of(bojan, "roaming"))[-1]
        is_killed = await killed(send(SERVICES, placed.id, clock.now()), waits)

        await work_off(later=True)

        assert (await wishes_of(bojan, "roaming"))[-1].state == OrderState.REFUSED
        assert afterwards.count(asked) == 1
        if not is_killed:
            break
    assert waits > 5


async def test_an_order_that_is_superseded_while_under_way(bojan: Person, exchange: Exchange) -> None:
    line = bojan.line.number
    for waits in count(1, 3):  # it is a long way
        wished, unwished = (ON, OFF) if waits % 2 else (OFF, ON)
        await exchange.behaves(line, Behaviour.LATER)
        overtaken = await wish(bojan, "roaming", unwished, at=clock.now())
        older = (await wishes_of(bojan, "roaming"))[-1]
        await work_off()
        await exchange.behaves(line, Behaviour.AT_ONCE)
        asked = await wish(bojan, "roaming", wished, at=clock.now())
        await work_off()
        await exchange.finishes(line)
        is_killed = await killed(send(SERVICES, older.id, clock.now()), waits)

        for _ in range(2):
            await work_off(later=True)

        assert await exchange.has_setting(line, "roaming") == wished == await setting_noted(bojan, "roaming")
        assert (afterwards.count(overtaken), afterwards.count(asked)) == (0, 1)
        if not is_killed:
            break
    assert waits > 5
