"""While the demo runs, its lines go on being measured; those without a meter stay as they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from portal import clock
from portal.clock import day_of
from portal.customers.quantities import AllowanceKind
from portal.customers.tables import Line
from portal.database import connection
from portal.sandbox import nights
from portal.sandbox.meter import measure
from portal.usage.reading import LineUsage, usage_of
from portal.usage.tables import UsageWarning
from tests.people import NOON
from tests.sandbox.demo_people import folder, seed_only

__all__ = ["folder"]

pytestmark = pytest.mark.usefixtures("database", "demo_clock")

SOON = NOON + timedelta(minutes=4)
ANA, MARIJA, BOJAN, DEJAN, HELENA = (f"+38640000{n}" for n in (101, 110, 102, 104, 106))


async def used_by(number: str, at: datetime) -> LineUsage:
    line = await Line.objects().get(Line.number == number)
    assert line is not None
    return await usage_of(line.id, day_of(at))


async def measured_at(number: str, at: datetime) -> datetime:
    [measured] = {one.measured_at for one in (await used_by(number, at)).allowances}
    return measured


async def data_of(number: str, at: datetime) -> int:
    [own] = [one for one in (await used_by(number, at)).allowances if one.code == AllowanceKind.DATA]
    return own.used


async def test_what_is_shown_was_measured_a_moment_ago() -> None:
    await seed_only("Ana")

    before = await data_of(ANA, NOON)

    await measure(SOON)

    assert await measured_at(ANA, SOON) == SOON
    assert await data_of(ANA, SOON) > before


async def test_what_is_used_more_is_a_connection_of_its_own() -> None:
    await seed_only("Ana")

    await measure(SOON)

    async with connection() as connected:
        assert await connected.fetch(RECORDED_OTHERWISE) == []


async def test_the_same_moment_again_changes_nothing() -> None:
    await seed_only("Ana")

    await measure(SOON)
    before = await everything()

    await measure(SOON)

    assert await everything() == before


async def test_a_measurement_that_is_out_of_date_stays_so() -> None:
    await seed_only("Helena")

    before = await measured_at(HELENA, NOON)

    await measure(SOON)

    assert await measured_at(HELENA, SOON) == before


async def test_who_is_barred_uses_nothing() -> None:
    await seed_only("Bojan")

    before = await data_of(BOJAN, NOON)

    await measure(SOON)

    assert await measured_at(BOJAN, SOON) == SOON
    assert await data_of(BOJAN, SOON) == before


async def test_what_several_share_grows_by_what_each_uses() -> None:
    await seed_only("Irena")

    await measure(NOON + timedelta(hours=6))

    async with connection() as connected:
        shared = await connected.fetch(SHARED, day_of(NOON))
    assert {row["used"] for row in shared} == {sum(row["own_used"] for row in shared)}


async def test_nobody_uses_more_than_is_included() -> None:
    await seed_only("Dejan", "Irena")

    await measure(NOON + timedelta(days=6))

    async with connection() as connected:
        assert not await connected.fetchval("SELECT count(*) FROM usage_allowances WHERE used > included")


async def test_who_uses_up_all_is_warned() -> None:
    await seed_only("Dejan")

    later = NOON + timedelta(days=6)

    await measure(later)

    assert await data_of(DEJAN, later) == 5_000_000_000
    warned = await UsageWarning.select(UsageWarning.percent).where(UsageWarning.line == await id_of(DEJAN))
    assert sorted(row["percent"] for row in warned) == [80, 100]


async def id_of(number: str) -> UUID:
    line = await Line.objects().get(Line.number == number)
    assert line is not None
    return line.id


@pytest.mark.parametrize("days", [35, 100])
async def test_a_period_that_begins_begins_with_nothing(days: int) -> None:
    await seed_only("Ana", "Marija")

    later = NOON + timedelta(days=days)

    await measure(later)
    used = await used_by(MARIJA, later)

    assert used.current is not None
    assert day_of(later) in used.current
    assert {one.kind: one.used for one in used.allowances} == {"calls": 0, "messages": 0, "data": 0}
    assert used.spending is not None
    assert used.spending.cents == 0


async def test_days_that_pass_are_measured() -> None:
    """The clock's moments have the meter among them; somebody's past has not."""
    await seed_only("Ana")

    tomorrow = NOON + timedelta(days=1)
    moments = [moment for moment in nights.moments(NOON, tomorrow) if moment.do is nights.measure_use]

    for moment in moments:
        with clock.stopped_at(moment.at):
            await moment.do(moment.at, None)

    assert await measured_at(ANA, tomorrow) == moments[-1].at
    await moments[-1].do(tomorrow, [])
    assert await measured_at(ANA, tomorrow) == moments[-1].at


async def everything() -> list[Any]:
    async with connection() as connected:
        return [
            await connected.fetch(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
            for table in ("usage_allowances", "usage_spending", "usage_records")
        ]


SHARED = (
    "SELECT used, own_used FROM usage_allowances WHERE shared_by IS NOT NULL AND $1 BETWEEN period_from AND period_to"
)
RECORDED_OTHERWISE = """
    SELECT u.line FROM usage_allowances u JOIN sandbox.meters m ON m.line = u.line
    WHERE u.code = 'data' AND u.period_to >= (SELECT max(period_from) FROM usage_allowances WHERE line = u.line)
      AND EXISTS (SELECT FROM usage_records r WHERE r.line = u.line)
      AND coalesce(u.own_used, u.used) <> (
        SELECT sum(r.quantity) FROM usage_records r WHERE r.line = u.line AND r.kind = 'data' AND NOT r.is_abroad
          AND r.began_at::date BETWEEN u.period_from AND u.period_to
    )
"""
