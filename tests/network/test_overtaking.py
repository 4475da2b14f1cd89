"""Of several orders for a line the last wish counts, whenever they arrive."""

from __future__ import annotations

import asyncio
import random
import uuid

import asyncpg
import pytest

from portal.database import transaction
from portal.jobs import NotYet
from portal.network import barring, port
from portal.network.barring import BARRING
from portal.network.sending import send
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, BarringOrder, OrderState, Profile
from portal.sandbox.network import Behaviour, SandboxNetwork
from tests.network.orders import afterwards, observed, order, orders_of, states_of
from tests.people import NOON, Person, a_person
from tests.working import work_off
from tests.world import Exchange, Gate


async def test_the_newer_order_overtakes_the_open_one(bojan: Person, exchange: Exchange) -> None:
    await order(ALL_BARRED, bojan)
    newer = await order(OPEN, bojan)

    await work_off()

    assert await states_of(bojan) == [OrderState.SUPERSEDED, OrderState.CONFIRMED]
    assert await exchange.applied(bojan.line.number) == 1
    assert afterwards == [str(newer)]


async def test_two_open_orders_of_a_line_cannot_be_written(bojan: Person) -> None:
    await order(ALL_BARRED, bojan)

    with pytest.raises(asyncpg.UniqueViolationError):
        await BarringOrder(line=bojan.line.id, occasion=uuid.uuid4(), asked_at=NOON, **OPEN._asdict()).save()


async def test_ordering_at_the_same_moment_leaves_one_open_order(bojan: Person) -> None:
    await asyncio.gather(*(order(profile, bojan) for profile in [ALL_BARRED, OPEN] * 3))

    assert sorted(await states_of(bojan)) == [OrderState.SUPERSEDED] * 5 + [OrderState.WAITING]


async def test_a_slow_order_that_arrives_after_the_newer_one_is_put_right(bojan: Person, exchange: Exchange) -> None:
    line = bojan.line.number
    await exchange.behaves(line, Behaviour.SLOW)
    await order(ALL_BARRED, bojan)
    slow = asyncio.create_task(work_off())
    await exchange.gate.somebody_waits()
    await exchange.behaves(line, Behaviour.AT_ONCE)
    newer = await order(OPEN, bojan)
    await send(BARRING, (await orders_of(bojan))[-1].id, NOON)

    exchange.gate.opened.set()
    await slow
    await work_off(later=True)

    assert await exchange.has(line) == OPEN
    assert await observed(bojan) == OPEN
    assert await states_of(bojan) == [OrderState.SUPERSEDED, OrderState.CONFIRMED, OrderState.CONFIRMED]
    assert afterwards == [str(newer)]


async def test_a_late_arrival_while_the_newer_order_is_on_its_way(bojan: Person, exchange: Exchange) -> None:
    """The newer one was read back just before the older one arrived: its confirmation alone would be wrong."""
    line, reading = bojan.line.number, Gate()

    class SlowToTell(SandboxNetwork):
        async def profile_of(self, line: str) -> Profile:
            profile = await super().profile_of(line)
            if not reading.reached.is_set():
                await reading()
            return profile

    port.use(SlowToTell(exchange.gate))
    await exchange.behaves(line, Behaviour.SLOW)
    await order(ALL_BARRED, bojan)
    [older] = await orders_of(bojan)
    late = asyncio.create_task(send(BARRING, older.id, NOON))
    await exchange.gate.somebody_waits()
    await exchange.behaves(line, Behaviour.AT_ONCE)
    occasion = await order(OPEN, bojan)
    newer = asyncio.create_task(send(BARRING, (await orders_of(bojan))[-1].id, NOON))
    await reading.somebody_waits()

    exchange.gate.opened.set()
    with pytest.raises(NotYet):
        await late
    reading.opened.set()
    await newer
    assert await exchange.has(line) == ALL_BARRED
    await work_off(later=True)

    assert await exchange.has(line) == OPEN
    assert afterwards == [str(occasion)]


async def test_ten_quick_orders_end_in_the_last_wish(bojan: Person, exchange: Exchange) -> None:
    line = bojan.line.number
    await exchange.behaves(line, Behaviour.SLOW)
    chance = random.Random(7)
    running: list[asyncio.Task[None]] = []
    for n in range(10):
        await order(ALL_BARRED if n % 2 else OUTGOING_BARRED, bojan)
        running.append(asyncio.create_task(send(BARRING, (await orders_of(bojan))[-1].id, NOON)))
        if chance.random() < 0.5:
            await exchange.gate.somebody_waits()
    last = await order(OPEN, bojan)

    exchange.gate.opened.set()
    outcomes = await asyncio.gather(*running, return_exceptions=True)
    for _ in range(4):
        await work_off(later=True)

    assert {type(outcome) for outcome in outcomes} <= {type(None), NotYet}
    assert await exchange.has(line) == OPEN
    assert await observed(bojan) == OPEN
    assert afterwards == [str(last)]


async def test_orders_across_lines_do_not_wait_for_each_other_in_a_circle(database: str) -> None:
    family = [await a_person(f"Oseba {n}") for n in range(4)]
    lines = [person.line.id for person in family]

    async def shuffled(seed: int) -> None:
        mine = random.Random(seed).sample(lines, len(lines))
        async with transaction():
            await barring.order(mine, OPEN, occasion=uuid.uuid4(), at=NOON)

    await asyncio.gather(*(shuffled(seed) for seed in range(6)))

    assert await BarringOrder.count().where(BarringOrder.state == OrderState.WAITING) == 4
