"""An order to the network ends in what was asked for, observed and not assumed, whatever the network does."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Iterator
from datetime import timedelta

import asyncpg
import pytest
import pytest_asyncio

from portal.audit import AuditEntry, Event
from portal.database import transaction
from portal.jobs import NotYet
from portal.network import barring, port
from portal.network.observing import reconcile
from portal.network.sending import PATIENCE, send
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, BarringOrder, OrderState, Profile
from portal.sandbox.network import Behaviour
from tests.network.orders import AFTERWARDS, observed, order, orders_of, states_of
from tests.people import NOON, Person, a_person
from tests.working import waiting, work_off
from tests.world import Exchange

CONFIRMED, UNKNOWN, REFUSED, SUPERSEDED = (
    OrderState.CONFIRMED,
    OrderState.UNKNOWN,
    OrderState.REFUSED,
    OrderState.SUPERSEDED,
)


@pytest_asyncio.fixture
async def bojan(database: str, exchange: Exchange) -> Person:
    return await a_person("Bojan Kralj")


@pytest.fixture(autouse=True)
def nothing_done_yet() -> Iterator[None]:
    AFTERWARDS.clear()
    yield
    AFTERWARDS.clear()


async def test_an_order_is_confirmed_by_reading_it_back(bojan: Person, exchange: Exchange) -> None:
    occasion = await order(OUTGOING_BARRED, bojan)

    await work_off()

    assert await states_of(bojan) == [CONFIRMED]
    assert await exchange.has(bojan.line.number) == OUTGOING_BARRED
    assert await observed(bojan) == OUTGOING_BARRED
    assert AFTERWARDS == [str(occasion)]


async def test_nothing_is_ordered_by_a_transaction_that_fails(bojan: Person) -> None:
    with pytest.raises(RuntimeError):
        async with transaction():
            await order(ALL_BARRED, bojan)
            raise RuntimeError

    assert await orders_of(bojan) == []
    assert await waiting() == []


async def test_a_yes_that_was_not_carried_out_is_no_confirmation(bojan: Person, exchange: Exchange) -> None:
    class SaysYes:
        async def apply(self, line: str, profile: Profile, reference: str) -> None:
            """Nothing."""

        async def profile_of(self, line: str) -> Profile:
            return OPEN

    port.use(SaysYes())
    await order(ALL_BARRED, bojan)

    await work_off()

    assert await states_of(bojan) == [UNKNOWN]
    assert await observed(bojan) == OPEN
    assert AFTERWARDS == []


async def test_silence_after_doing_it_is_found_out_by_looking(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.SILENT_BUT_DONE)
    occasion = await order(OUTGOING_BARRED, bojan)

    await work_off()
    assert await states_of(bojan) == [UNKNOWN]
    assert AFTERWARDS == []
    await work_off(later=True)

    assert await states_of(bojan) == [CONFIRMED]
    assert await exchange.applied(bojan.line.number) == 1
    assert AFTERWARDS == [str(occasion)]


async def test_silence_without_doing_it_is_tried_until_it_is_done(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.SILENT)
    await order(OUTGOING_BARRED, bojan)

    for _ in range(3):
        await work_off(later=True)
    assert await states_of(bojan) == [UNKNOWN]
    await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)
    await work_off(later=True)

    assert await states_of(bojan) == [CONFIRMED]
    assert len(AFTERWARDS) == 1


async def test_after_long_silence_the_reconciliation_goes_on(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.SILENT)
    await order(OUTGOING_BARRED, bojan)
    for _ in range(PATIENCE):
        await work_off(later=True)
    assert await waiting() == []
    [silent] = await orders_of(bojan)

    await exchange.drifts(bojan.line.number, OUTGOING_BARRED)
    await reconcile(silent.sent_at + timedelta(minutes=1))
    assert await waiting() == []
    await reconcile(silent.sent_at + timedelta(minutes=5))
    await reconcile(silent.sent_at + timedelta(minutes=5))
    assert await waiting() == ["network.send"]
    await work_off()

    assert await states_of(bojan) == [CONFIRMED]
    assert len(AFTERWARDS) == 1


async def test_a_refusal_is_an_end_that_is_written_down(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.REFUSING)
    await order(OUTGOING_BARRED, bojan)

    await work_off()
    await reconcile(NOON + timedelta(days=900))
    await work_off(later=True)

    [refused] = await orders_of(bojan)
    [entry] = await AuditEntry.objects().where(AuditEntry.event == Event.BARRING_REFUSED)
    assert refused.state == REFUSED
    assert refused.answer == "the line is being moved to another exchange"
    assert entry.account_id == bojan.account.id
    assert AFTERWARDS == []


async def test_a_worker_killed_after_the_network_did_it(bojan: Person, exchange: Exchange) -> None:
    class PowerCut(BaseException):
        """The worker dies where it stands."""

    class CutAfterDoing(Exchange):
        async def apply(self, line: str, profile: Profile, reference: str) -> None:
            await exchange.network.apply(line, profile, reference)
            raise PowerCut

        async def profile_of(self, line: str) -> Profile:
            return await exchange.has(line)

    port.use(CutAfterDoing())
    await order(OUTGOING_BARRED, bojan)
    [placed] = await orders_of(bojan)
    with pytest.raises(PowerCut):
        await send(placed.id, NOON)
    assert await states_of(bojan) == [OrderState.SENT]

    await work_off()

    assert await states_of(bojan) == [CONFIRMED]
    assert await exchange.applied(bojan.line.number) == 1
    assert len(AFTERWARDS) == 1


async def test_repeated_ten_times_at_once_it_is_confirmed_once(bojan: Person, exchange: Exchange) -> None:
    occasion = await order(OUTGOING_BARRED, bojan)
    [placed] = await orders_of(bojan)

    await asyncio.gather(*(send(placed.id, NOON) for _ in range(10)))
    await work_off()

    assert await states_of(bojan) == [CONFIRMED]
    assert AFTERWARDS == [str(occasion)]


async def test_an_occasion_is_done_when_its_last_line_is(bojan: Person, exchange: Exchange) -> None:
    maja = await a_person("Maja Zupan")
    await exchange.behaves(maja.line.number, Behaviour.SILENT)
    occasion = await order(OPEN, bojan, maja)

    await work_off()
    assert AFTERWARDS == []
    await exchange.behaves(maja.line.number, Behaviour.AT_ONCE)
    await work_off(later=True)

    assert AFTERWARDS == [str(occasion)]


async def test_lines_confirmed_at_the_same_moment_end_their_occasion_once(database: str, exchange: Exchange) -> None:
    family = [await a_person(f"Oseba {n}") for n in range(6)]
    occasion = await order(OPEN, *family)
    placed = [(await orders_of(person))[0].id for person in family]

    await asyncio.gather(*(send(one, NOON) for one in placed))
    await work_off()

    assert AFTERWARDS == [str(occasion)]


async def test_an_occasion_without_lines_is_done_at_once(database: str) -> None:
    occasion = await order(OPEN)

    await work_off()

    assert AFTERWARDS == [str(occasion)]


async def test_the_newer_order_overtakes_the_open_one(bojan: Person, exchange: Exchange) -> None:
    await order(ALL_BARRED, bojan)
    newer = await order(OPEN, bojan)

    await work_off()

    assert await states_of(bojan) == [SUPERSEDED, CONFIRMED]
    assert await exchange.applied(bojan.line.number) == 1
    assert AFTERWARDS == [str(newer)]


async def test_two_open_orders_of_a_line_cannot_be_written(bojan: Person) -> None:
    await order(ALL_BARRED, bojan)

    with pytest.raises(asyncpg.UniqueViolationError):
        await BarringOrder(line=bojan.line.id, occasion=uuid.uuid4(), asked_at=NOON, **OPEN._asdict()).save()


async def test_ordering_at_the_same_moment_leaves_one_open_order(bojan: Person) -> None:
    await asyncio.gather(*(order(profile, bojan) for profile in [ALL_BARRED, OPEN] * 3))

    assert sorted(await states_of(bojan)) == [SUPERSEDED] * 5 + [OrderState.WAITING]


async def test_a_slow_order_that_arrives_after_the_newer_one_is_put_right(bojan: Person, exchange: Exchange) -> None:
    line = bojan.line.number
    await exchange.behaves(line, Behaviour.SLOW)
    await order(ALL_BARRED, bojan)
    slow = asyncio.create_task(work_off())
    await exchange.gate.somebody_waits()
    await exchange.behaves(line, Behaviour.AT_ONCE)
    newer = await order(OPEN, bojan)
    await send((await orders_of(bojan))[-1].id, NOON)

    exchange.gate.opened.set()
    await slow
    await work_off(later=True)

    assert await exchange.has(line) == OPEN
    assert await observed(bojan) == OPEN
    assert await states_of(bojan) == [SUPERSEDED, CONFIRMED, CONFIRMED]
    assert AFTERWARDS == [str(newer)]


async def test_ten_quick_orders_end_in_the_last_wish(bojan: Person, exchange: Exchange) -> None:
    line = bojan.line.number
    await exchange.behaves(line, Behaviour.SLOW)
    chance = random.Random(7)
    running: list[asyncio.Task[None]] = []
    for n in range(10):
        await order(ALL_BARRED if n % 2 else OUTGOING_BARRED, bojan)
        running.append(asyncio.create_task(send((await orders_of(bojan))[-1].id, NOON)))
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
    assert AFTERWARDS == [str(last)]


async def test_what_the_network_changes_by_itself_is_put_right(bojan: Person, exchange: Exchange) -> None:
    occasion = await order(OPEN, bojan)
    await work_off()
    await exchange.drifts(bojan.line.number, ALL_BARRED)

    [confirmed] = await orders_of(bojan)
    await reconcile(confirmed.sent_at + timedelta(minutes=5))
    await work_off()

    assert await exchange.has(bojan.line.number) == OPEN
    assert await states_of(bojan) == [CONFIRMED, CONFIRMED]
    assert AFTERWARDS == [str(occasion)]


async def test_a_line_is_not_watched_for_ever(bojan: Person) -> None:
    await order(OPEN, bojan)
    await work_off()
    [confirmed] = await orders_of(bojan)

    await reconcile(confirmed.sent_at + timedelta(hours=1))

    assert await waiting() == []


async def test_a_correction_never_overtakes_a_newer_wish(bojan: Person, exchange: Exchange) -> None:
    await order(OPEN, bojan)
    await work_off()
    await exchange.drifts(bojan.line.number, ALL_BARRED)
    await order(OUTGOING_BARRED, bojan)

    [confirmed, _] = await orders_of(bojan)
    await reconcile(confirmed.sent_at + timedelta(minutes=1))
    await work_off()

    assert await exchange.has(bojan.line.number) == OUTGOING_BARRED
    assert await states_of(bojan) == [CONFIRMED, CONFIRMED]


async def test_orders_across_lines_do_not_wait_for_each_other_in_a_circle(database: str) -> None:
    family = [await a_person(f"Oseba {n}") for n in range(4)]
    lines = [person.line.id for person in family]

    async def shuffled(seed: int) -> None:
        mine = random.Random(seed).sample(lines, len(lines))
        async with transaction():
            await barring.order(mine, OPEN, occasion=uuid.uuid4(), at=NOON)

    await asyncio.gather(*(shuffled(seed) for seed in range(6)))

    assert await BarringOrder.count().where(BarringOrder.state == OrderState.WAITING) == 4


async def test_without_a_network_the_order_waits(bojan: Person) -> None:
    port.use(None)
    await order(OPEN, bojan)

    with pytest.raises(port.NotConnected):
        await work_off()

    assert await waiting() == ["network.send"]
