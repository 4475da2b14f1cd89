"""Services of a line are put right for a while after they were ordered; later, what the network has is accepted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal import clock
from portal.network import port, reconciling
from portal.network.switching import read_services
from portal.network.tables import ALL_BARRED, OFF, OPEN, OrderState, Setting
from portal.sandbox.network import Behaviour, SandboxNetwork
from tests.network.orders import (
    ON,
    afterwards,
    order,
    read_at,
    setting_noted,
    sweep,
    wish,
    wish_states_of,
)
from tests.people import NOON, Person, a_person
from tests.working import work_off
from tests.world import Exchange

MINUTE = timedelta(minutes=1)


async def switched_on(person: Person, *services: str) -> None:
    """And confirmed at noon."""
    with clock.stopped_at(NOON):
        for service in services:
            await wish(person, service, ON)
        await work_off()


async def test_what_changes_a_moment_after_our_order_is_put_right(bojan: Person, exchange: Exchange) -> None:
    await switched_on(bojan, "roaming")
    await exchange.service_drifts(bojan.line.number, "roaming", OFF)

    await sweep(NOON + 5 * MINUTE)

    assert await exchange.has_setting(bojan.line.number, "roaming") == ON
    assert await setting_noted(bojan, "roaming") == ON
    assert await wish_states_of(bojan, "roaming") == [OrderState.CONFIRMED, OrderState.CONFIRMED]
    assert len(afterwards) == 1, "who asked is not told again"


async def test_what_changes_later_is_accepted(bojan: Person, exchange: Exchange) -> None:
    await switched_on(bojan, "roaming")
    await exchange.service_drifts(bojan.line.number, "roaming", OFF)

    await sweep(NOON + 40 * MINUTE)

    assert await exchange.has_setting(bojan.line.number, "roaming") == OFF
    assert await setting_noted(bojan, "roaming") == OFF
    assert await wish_states_of(bojan, "roaming") == [OrderState.CONFIRMED]


async def test_an_old_wish_is_not_put_right_by_an_order_for_another_service(bojan: Person, exchange: Exchange) -> None:
    await switched_on(bojan, "roaming")
    with clock.stopped_at(NOON + timedelta(days=3)):
        await exchange.service_drifts(bojan.line.number, "roaming", OFF)
        await wish(bojan, "premium", ON, at=NOON + timedelta(days=3))
        await work_off()

    await sweep(NOON + timedelta(days=3, minutes=5))

    assert await exchange.has_setting(bojan.line.number, "roaming") == OFF
    assert await exchange.has_setting(bojan.line.number, "premium") == ON


async def test_a_service_that_nobody_ordered_is_accepted(bojan: Person, exchange: Exchange) -> None:
    await switched_on(bojan, "roaming")
    await exchange.service_drifts(bojan.line.number, "premium", ON)

    await sweep(NOON + 5 * MINUTE)

    assert await setting_noted(bojan, "premium") == ON
    assert await wish_states_of(bojan, "premium") == []


async def test_a_refused_wish_is_not_ordered_again(bojan: Person, exchange: Exchange) -> None:
    await switched_on(bojan, "roaming")
    await exchange.behaves(bojan.line.number, Behaviour.REFUSING)
    with clock.stopped_at(NOON + MINUTE):
        await wish(bojan, "roaming", OFF, at=NOON + MINUTE)
        await work_off()
    await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)

    await sweep(NOON + 5 * MINUTE)

    assert await wish_states_of(bojan, "roaming") == [OrderState.CONFIRMED, OrderState.REFUSED]
    assert await exchange.has_setting(bojan.line.number, "roaming") == ON


async def test_a_line_is_read_once_for_all_its_services(bojan: Person, exchange: Exchange) -> None:
    asked: list[str] = []

    class Counting(SandboxNetwork):
        async def services_of(self, line: str) -> dict[str, Setting]:
            asked.append(line)
            return await super().services_of(line)

    await switched_on(bojan, "roaming", "premium", "voicemail")
    port.use(Counting())

    await sweep(NOON + 5 * MINUTE)

    assert asked == [bojan.line.number]


async def read_again_at(person: Person, *moments: datetime) -> list[bool]:
    """Whether the reconciliation of each moment reads the line anew."""
    read = []
    for at in moments:
        await sweep(at)
        read.append(await read_at(person) == at)
    return read


async def test_a_line_that_somebody_looked_at_is_kept_fresh_for_a_day(bojan: Person, exchange: Exchange) -> None:
    with clock.stopped_at(NOON):
        await read_services(bojan.line.id, NOON)

    hours = [NOON + timedelta(hours=hour) for hour in (1, 12, 23, 25, 40)]
    assert await read_again_at(bojan, NOON + 10 * MINUTE, *hours) == [False, True, True, True, False, False]


async def test_so_is_one_that_was_ordered(bojan: Person, exchange: Exchange) -> None:
    await switched_on(bojan, "roaming")

    moments = [NOON + 20 * MINUTE, *(NOON + timedelta(hours=hour) for hour in (1, 23, 25))]
    assert await read_again_at(bojan, *moments) == [False, True, True, False]


async def test_a_round_reads_those_first_that_were_not_read_for_longest(
    database: str, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "MOST_IN_A_ROUND", 2)
    people = [await a_person(f"Oseba {n}") for n in range(5)]
    for n, person in enumerate(people):
        with clock.stopped_at(NOON + n * MINUTE):
            await read_services(person.line.id, NOON + n * MINUTE)

    rounds = [NOON + timedelta(hours=1, minutes=5 * n) for n in range(3)]
    ran = [await sweep(at) for at in rounds]

    assert ran == [2, 2, 1]
    assert [await read_at(person) for person in people] == [rounds[0]] * 2 + [rounds[1]] * 2 + [rounds[2]]


async def test_a_silent_network_is_asked_in_the_next_round(bojan: Person, exchange: Exchange) -> None:
    await switched_on(bojan, "roaming")
    await exchange.goes_down()
    await exchange.service_drifts(bojan.line.number, "roaming", OFF)
    await sweep(NOON + 5 * MINUTE)
    assert await setting_noted(bojan, "roaming") == ON

    await exchange.comes_up()
    await sweep(NOON + 10 * MINUTE)

    assert await exchange.has_setting(bojan.line.number, "roaming") == ON


async def test_only_so_many_are_gone_after_at_a_time(
    database: str, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "MOST_ORDERS", 2)
    people = [await a_person(f"Oseba {n}") for n in range(3)]
    await exchange.goes_down()
    with clock.stopped_at(NOON):
        for person in people:
            await wish(person, "roaming", ON)
        for _ in range(6):
            await work_off(later=True)
    await exchange.comes_up()

    assert await sweep(NOON + 5 * MINUTE) == 2 + 2, "two orders, each with what comes after it"
    await sweep(NOON + 10 * MINUTE)

    assert [await wish_states_of(person, "roaming") for person in people] == [[OrderState.CONFIRMED]] * 3


async def test_barring_does_not_touch_what_the_customer_bars_themselves(bojan: Person, exchange: Exchange) -> None:
    await switched_on(bojan, "own_barring")
    with clock.stopped_at(NOON + MINUTE):
        await order(ALL_BARRED, bojan, then=None)
        await work_off()
        assert await exchange.has_setting(bojan.line.number, "own_barring") == ON
        await order(OPEN, bojan, then=None)
        await work_off()

    await sweep(NOON + 5 * MINUTE)

    assert await exchange.has(bojan.line.number) == OPEN
    assert await exchange.has_setting(bojan.line.number, "own_barring") == ON
    assert await wish_states_of(bojan, "own_barring") == [OrderState.CONFIRMED]
