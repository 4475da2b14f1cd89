"""What costs extra goes off at the limit and on again: ordered once, told once, and as the limit asks at the end."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from portal import clock
from portal.database import DB, transaction
from portal.network.tables import Setting
from portal.sandbox.network.behaviours import Behaviour
from portal.usage import blocking
from portal.usage.blocking import CHARGEABLE_USE, LiftedBecause, keep
from portal.usage.jobs import lift_old_blocks_today
from portal.usage.tables import OnReaching, SpendingBlock
from portal.usage.warning import warn
from tests.people import NOON, TODAY, Person, a_person
from tests.usage.measurements import spending
from tests.usage.meters import MORNING, NEW_PERIOD, NIGHT, limits_spending, ordered, spends, told, work
from tests.world import Exchange, exchange

__all__ = ["exchange"]

MIDNIGHT = NEW_PERIOD.replace(month=11, day=30, hour=23, minute=5)
"""Five past midnight of the first of December in Ljubljana."""


@pytest.fixture
async def bojan(database: str, exchange: Exchange) -> Person:
    """His limit of 20 euros blocks. The network has his line as it is connected."""
    bojan = await a_person("Bojan Kralj")
    await exchange.has_on(bojan.line.number, chargeable_use=Setting(True))
    await limits_spending(bojan, 2_000, OnReaching.BLOCK)
    return bojan


async def standing(person: Person) -> SpendingBlock | None:
    return await SpendingBlock.objects().get((SpendingBlock.line == person.line.id) & SpendingBlock.lifted_at.is_null())


async def test_below_the_limit_nothing_is_ordered(bojan: Person) -> None:
    await spends(bojan.line, 1_999)
    await work()

    assert await ordered(bojan.line) == []


async def test_at_the_limit_chargeable_use_goes_off_and_the_line_is_told(bojan: Person, exchange: Exchange) -> None:
    await spends(bojan.line, 2_000)
    await work()

    assert not (await exchange.has_setting(bojan.line.number, CHARGEABLE_USE)).is_on
    (text,) = await told(bojan.line.number)
    assert text.startswith("Dosegli ste omejitev 20,00 EUR, porabo nad paketom izklapljamo. Paket in 112 delujeta.")
    assert text.endswith("https://moj.test/usage/limit Moj A1")


async def test_repeated_measurements_order_nothing_new(bojan: Person) -> None:
    for cents in (2_000, 2_000, 2_400, 2_600):
        await spends(bojan.line, cents)
        await work()

    assert await ordered(bojan.line) == [False]
    assert len(await told(bojan.line.number)) == 1


async def test_a_higher_limit_switches_it_on_again_and_tells_when_it_works(bojan: Person, exchange: Exchange) -> None:
    await spends(bojan.line, 2_100)
    await work()
    await limits_spending(bojan, 5_000, OnReaching.BLOCK)
    assert len(await told(bojan.line.number)) == 1

    await work()

    assert (await exchange.has_setting(bojan.line.number, CHARGEABLE_USE)).is_on
    assert (await told(bojan.line.number))[1].startswith("Poraba nad paketom je spet vklopljena.")
    (block,) = await SpendingBlock.objects()
    assert block.lifted_because == LiftedBecause.LIMIT


async def test_at_the_higher_limit_it_goes_off_again(bojan: Person) -> None:
    await spends(bojan.line, 2_100)
    await work()
    await limits_spending(bojan, 5_000, OnReaching.BLOCK)
    await spends(bojan.line, 5_000)
    await work()

    assert await ordered(bojan.line) == [False, True, False]
    assert "50,00 EUR, porabo nad paketom izklapljamo" in (await told(bojan.line.number))[-1]


async def test_a_limit_that_only_tells_lifts_the_block(bojan: Person) -> None:
    await spends(bojan.line, 2_100)
    await limits_spending(bojan, 2_000, OnReaching.WARN)
    await work()

    assert await standing(bojan) is None
    assert (await ordered(bojan.line))[-1:] in ([], [True])


async def test_a_limit_reached_already_blocks_as_it_is_set(bojan: Person) -> None:
    await limits_spending(bojan, 9_000, OnReaching.BLOCK)
    await spends(bojan.line, 3_000)
    await limits_spending(bojan, 2_500, OnReaching.BLOCK)

    assert await standing(bojan) is not None
    assert await ordered(bojan.line) == [False]


async def test_a_correction_below_the_limit_lifts_it(bojan: Person) -> None:
    await spends(bojan.line, 2_100)
    await work()
    await spends(bojan.line, 900)
    await work()

    assert await ordered(bojan.line) == [False, True]
    (block,) = await SpendingBlock.objects()
    assert block.lifted_because == LiftedBecause.CORRECTION


async def test_a_correction_at_night_lifts_it_at_once_and_tells_in_the_morning(
    bojan: Person, exchange: Exchange
) -> None:
    await spends(bojan.line, 2_100)
    await work()
    await spends(bojan.line, 900, at=NIGHT)
    await work(NIGHT)
    assert (await exchange.has_setting(bojan.line.number, CHARGEABLE_USE)).is_on
    assert len(await told(bojan.line.number)) == 1

    await work(MORNING, later=True)

    assert (await told(bojan.line.number))[1].startswith("Poraba nad paketom je spet vklopljena.")


async def test_where_the_contract_has_ended_nothing_is_switched(bojan: Person) -> None:
    bojan.contract.ended_on = TODAY
    await bojan.contract.save()

    await spends(bojan.line, 2_100)
    await work()

    assert await ordered(bojan.line) == []
    assert await told(bojan.line.number) == []


async def test_the_new_period_lifts_it_after_midnight_and_tells_in_the_morning(
    bojan: Person, exchange: Exchange
) -> None:
    await spends(bojan.line, 2_100)
    await work()
    with clock.stopped_at(MIDNIGHT - timedelta(hours=1)):
        await lift_old_blocks_today()
    await work(MIDNIGHT - timedelta(hours=1))
    assert await standing(bojan) is not None

    with clock.stopped_at(MIDNIGHT):
        await lift_old_blocks_today()
    await work(MIDNIGHT)
    assert (await exchange.has_setting(bojan.line.number, CHARGEABLE_USE)).is_on
    assert len(await told(bojan.line.number)) == 1

    await work(NEW_PERIOD, later=True)

    assert (await told(bojan.line.number))[1].startswith("Poraba nad paketom je spet vklopljena.")
    (block,) = await SpendingBlock.objects()
    assert block.lifted_because == LiftedBecause.PERIOD


async def test_the_first_measurement_of_a_new_period_lifts_it_too(bojan: Person) -> None:
    await spends(bojan.line, 2_100)
    await work()
    await spends(bojan.line, 0, since=NEW_PERIOD.date(), at=NEW_PERIOD)
    await work(NEW_PERIOD)

    assert await ordered(bojan.line) == [False, True]


async def test_who_is_over_the_limit_in_the_new_period_at_once_stays_blocked(bojan: Person) -> None:
    await spends(bojan.line, 2_100)
    await work()
    await spends(bojan.line, 2_300, since=NEW_PERIOD.date(), at=NEW_PERIOD)
    await work(NEW_PERIOD)

    block = await standing(bojan)
    assert block is not None
    assert block.period_from == NEW_PERIOD.date()
    assert (await ordered(bojan.line))[-1] is False


async def test_what_the_network_refuses_is_told_as_it_is(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.REFUSING)
    await spends(bojan.line, 2_100)
    await work()

    assert (await told(bojan.line.number))[1].startswith(
        "Dosegli ste omejitev 20,00 EUR, porabe nad paketom pa nam ni uspelo izklopiti."
    )


async def test_a_network_that_is_down_for_an_hour_has_the_last_wish_in_the_end(
    bojan: Person, exchange: Exchange
) -> None:
    await exchange.goes_down()
    await spends(bojan.line, 2_100)
    await work()
    await limits_spending(bojan, 5_000, OnReaching.BLOCK)
    await work()
    await exchange.comes_up()
    await work(NOON + timedelta(hours=1), later=True)

    assert await standing(bojan) is None
    assert (await exchange.has_setting(bojan.line.number, CHARGEABLE_USE)).is_on


async def test_raising_the_limit_while_an_import_runs_ends_as_the_new_limit_asks(bojan: Person) -> None:
    """The import has seen the old limit and orders a block; who raises it waits for the import or goes before it."""
    async with transaction() as importing:
        await spending(bojan.line, 2_100)
        await warn(importing, [bojan.line.id], NOON)
        raising = asyncio.create_task(raise_limit(bojan))
        await asyncio.wait([raising], timeout=0.3)
        assert not raising.done()
    await raising
    await work()

    assert await standing(bojan) is None
    assert await ordered(bojan.line) in ([], [False, True])
    assert [text for text in await told(bojan.line.number) if "50,00" in text] == []


async def raise_limit(person: Person) -> None:
    """In a task of its own, so outside of the transaction it was started in."""
    DB.current_transaction.set(None)
    await limits_spending(person, 5_000, OnReaching.BLOCK)


async def test_ten_at_once_make_one_block_and_one_order(bojan: Person) -> None:
    await spends(bojan.line, 2_100)
    await asyncio.gather(*(keep(bojan.line.id, NOON) for _ in range(10)))

    assert await SpendingBlock.count() == 1
    assert await ordered(bojan.line) == [False]


async def test_a_line_that_fails_holds_up_no_other(bojan: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    real, seen = blocking.keep, []

    async def failing(line: object, at: object) -> None:
        seen.append(line)
        if len(seen) == 1:
            raise OSError("the first one fails")
        await real(line, at)  # type: ignore[arg-type]

    await spends(bojan.line, 2_100)
    other = await a_person("Maja Strmec")
    monkeypatch.setattr(blocking, "keep", failing)

    with pytest.raises(OSError, match="the first one"):
        await blocking.keep_each([other.line.id, bojan.line.id], NOON)

    assert await standing(bojan) is not None
