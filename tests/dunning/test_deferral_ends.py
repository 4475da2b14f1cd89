"""A deferral ends with its last day: unpaid, the ladder goes on; paid, nothing follows."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from portal import clock
from portal.dunning.deferrals.deferring import defer, end_lapsed, possibility
from portal.dunning.relief_tables import AskedBy
from portal.network.tables import OPEN, OUTGOING_BARRED
from tests.dunning.case_rows import noon
from tests.dunning.cases import is_suspended, pays
from tests.dunning.deferrals import TEN_DAYS_ON, deferrals_of, deferred, fees_of, paid_before, warned
from tests.dunning.nights import happened, live_through, moment, night, steps_of
from tests.people import Person, a_person
from tests.world import Exchange

ONE_DAY = timedelta(days=1)
ISSUED, DUE = date(2026, 11, 2), date(2026, 11, 17)
WARNED_ON = date(2026, 11, 20)


async def warned_by_the_ladder() -> Person:
    bojan = await a_person("Bojan Kralj")
    await paid_before(bojan, 4, DUE)
    await bojan.bill(8_645, issued=ISSUED, due=DUE)
    await live_through(DUE, WARNED_ON)
    return bojan


async def defers(person: Person, day: date = WARNED_ON) -> None:
    with clock.stopped_at(noon(day)):
        await defer(person.account, today=day, at=noon(day), asked_by=AskedBy.PORTAL, decided_by="customer")


async def test_ended_unpaid_the_ladder_goes_on_the_next_night(world: Exchange) -> None:
    bojan = await warned_by_the_ladder()
    await defers(bojan)
    until = WARNED_ON + timedelta(days=10)

    await live_through(WARNED_ON + ONE_DAY, until)
    assert await world.has(bojan.line.number) == OPEN
    assert list(await steps_of(bojan)) == ["reminder", "notice"]

    await night(until + ONE_DAY)
    assert await world.has(bojan.line.number) == OUTGOING_BARRED
    assert (await steps_of(bojan))["outgoing"] == until + ONE_DAY
    assert await happened(bojan, ["deferred", "deferral_ended"]) == ["deferred", "deferral_ended"]
    assert await fees_of(bojan) == [299]


async def test_it_can_be_asked_for_minutes_after_the_sms_arrived(world: Exchange) -> None:
    bojan = await warned_by_the_ladder()

    assert (await possibility(bojan.account, WARNED_ON)).is_possible, "the night has not noted the delivery yet"


async def test_paid_in_time_nothing_follows(world: Exchange) -> None:
    bojan = await warned_by_the_ladder()
    await defers(bojan)
    await pays(bojan, at=noon(WARNED_ON + timedelta(days=9)))

    await live_through(WARNED_ON + timedelta(days=10), WARNED_ON + timedelta(days=12))

    assert not await is_suspended(bojan)
    [deferral] = await deferrals_of(bojan)
    assert deferral.ended_at == noon(WARNED_ON + timedelta(days=9))
    assert await happened(bojan, ["deferral_ended"]) == []


@pytest.mark.parametrize(("later", "has_ended"), [(0, False), (1, True)])
async def test_the_last_day_is_the_customer_s_to_its_end(database: str, later: int, has_ended: bool) -> None:
    bojan = await warned()
    await deferred(bojan)
    day = TEN_DAYS_ON + timedelta(days=later)

    assert await end_lapsed(day, moment(day)) == int(has_ended)


async def test_repeated_and_at_once_each_ends_once(database: str) -> None:
    people = [await warned(f"Stranka {n}") for n in range(7)]
    for person in people:
        await deferred(person)
    day = TEN_DAYS_ON + ONE_DAY

    counts = await asyncio.gather(*(end_lapsed(day, moment(day)) for _ in range(3)))

    assert sum(counts) == 7
    assert await end_lapsed(day, moment(day)) == 0
    for person in people:
        assert await happened(person, ["deferral_ended"]) == ["deferral_ended"]


async def test_only_those_that_are_named(database: str) -> None:
    bojan, maja = await warned(), await warned("Maja Kralj")
    await deferred(bojan)
    await deferred(maja)
    day = TEN_DAYS_ON + ONE_DAY

    assert await end_lapsed(day, moment(day), [maja.account.id]) == 1
    assert (await deferrals_of(bojan))[0].ended_at is None
