"""Limits that any number of processes share."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from portal.limits import Counter, Limit
from tests.people import NOON

TWICE = Limit("twice", 2, timedelta(minutes=10))
PAUSE = Limit("pause", 2, timedelta(minutes=10), from_the_last=True)


async def taken(limit: Limit, *minutes: float) -> list[bool]:
    return [await limit.take("ana", NOON + timedelta(minutes=number)) for number in minutes]


async def test_a_window_is_counted_from_the_first(database: str) -> None:
    assert await taken(TWICE, 0, 9, 9.9, 10, 11, 12) == [True, True, False, True, True, False]


async def test_a_pause_is_counted_from_the_last_that_fitted(database: str) -> None:
    assert await taken(PAUSE, 0, 9, 11, 18.9, 19, 20, 21) == [True, True, False, False, True, True, False]


async def test_it_tells_until_when(database: str) -> None:
    await taken(PAUSE, 0)
    assert await PAUSE.left_until("ana", NOON) is None

    await taken(PAUSE, 5, 6)

    assert await PAUSE.left_until("ana", NOON + timedelta(minutes=7)) == NOON + timedelta(minutes=15)
    assert await PAUSE.left_until("ana", NOON + timedelta(minutes=15)) is None
    assert await PAUSE.left_until("bojan", NOON) is None


async def test_each_key_and_each_limit_counts_apart(database: str) -> None:
    await taken(TWICE, 0, 0, 0)

    assert await TWICE.take("bojan", NOON)
    assert await PAUSE.take("ana", NOON)


async def test_forgetting_begins_anew(database: str) -> None:
    await taken(TWICE, 0, 0, 0)
    await TWICE.forget("ana")

    assert await TWICE.take("ana", NOON)


async def test_parallel_askers_get_no_more_than_the_limit(database: str) -> None:
    answers = await asyncio.gather(*(TWICE.take("ana", NOON) for _ in range(50)))

    assert sum(answers) == 2
    (counter,) = await Counter.objects()
    assert counter.times == 50
