"""The months of what is measured: there before anything comes in, gone when the policy keeps them no longer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
import pytest_asyncio

from portal import clock
from portal.database import connection
from portal.usage import months
from portal.usage.jobs import turn_months
from portal.usage.months import Laid, drop_months, laid_months, lay_months, month
from tests.people import TODAY, a_person
from tests.usage.measurements import a_record, an_allowance

pytestmark = pytest.mark.usefixtures("database", "_as_before")

SPRING = date(2027, 4, 3)


@pytest_asyncio.fixture
async def _as_before(database: str) -> AsyncIterator[None]:
    """Only the months of the stories' day, before and after: other stories may have laid those of a day far ahead."""
    await anew()
    yield
    await anew()


async def anew() -> None:
    async with connection() as connected:
        for monthly in months.TABLES:
            for one in await laid_months():
                if one.table == monthly.table:
                    await connected.execute(f"DROP TABLE {monthly.partition(one.first)}")
    await lay_months(TODAY)


async def spans() -> dict[str, tuple[date, date]]:
    """The first and last month of each table."""
    laid = await laid_months()
    return {table: (min(of(laid, table)), max(of(laid, table))) for table in {one.table for one in laid}}


def of(laid: list[Laid], table: str) -> list[date]:
    return [one.first for one in laid if one.table == table]


@pytest.mark.parametrize(
    ("day", "later", "first"),
    [
        (date(2026, 11, 22), 0, date(2026, 11, 1)),
        (date(2026, 11, 30), 2, date(2027, 1, 1)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2026, 1, 1), -15, date(2024, 10, 1)),
    ],
)
def test_months_are_counted_over_years(day: date, later: int, first: date) -> None:
    assert month(day, later) == first


async def test_they_reach_from_what_is_kept_to_two_months_ahead() -> None:
    await lay_months(SPRING)
    await drop_months(SPRING)

    assert await spans() == {
        "usage_allowances": (date(2026, 1, 1), date(2027, 6, 1)),
        "usage_spending": (date(2026, 1, 1), date(2027, 6, 1)),
        "usage_records": (date(2026, 10, 1), date(2027, 6, 1)),
    }


async def test_laid_again_and_by_several_at_once_nothing_changes() -> None:
    before = await laid_months()

    await asyncio.gather(*(lay_months(TODAY) for _ in range(4)))

    assert await laid_months() == before


async def test_what_was_measured_goes_with_its_month_and_no_other() -> None:
    ana = await a_person("Ana Zupan")
    for since in (date(2025, 8, 31), date(2025, 9, 1)):
        await an_allowance(ana.line, since=since)
    await lay_months(TODAY)

    dropped = await drop_months(date(2026, 12, 1))

    assert "usage_allowances_2025_08" in dropped
    async with connection() as connected:
        assert await connected.fetchval("SELECT array_agg(period_from) FROM usage_allowances") == [date(2025, 9, 1)]


async def test_months_of_records_are_those_of_utc() -> None:
    ana = await a_person("Ana Zupan")
    await a_record(ana.line)

    async with connection() as connected:
        bounds = await connected.fetchval(
            "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'usage_records_2026_11'"
        )

    assert bounds == "FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00')"


async def test_laying_waits_for_no_reader() -> None:
    async with connection() as reading, reading.transaction():
        await reading.fetch("SELECT count(*) FROM usage_allowances")
        await lay_months(SPRING)
        await reading.fetch("SELECT count(*) FROM usage_allowances")

    assert (await spans())["usage_allowances"][1] == date(2027, 6, 1)


async def test_a_month_that_is_read_all_the_time_waits_for_another_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(months, "TRIES", 1)
    monkeypatch.setattr(months, "PATIENCE", "50ms")
    async with connection() as reading, reading.transaction():
        await reading.fetch("SELECT count(*) FROM usage_records")
        dropped = await drop_months(date(2026, 12, 1))

    assert not any(name.startswith("usage_records") for name in dropped)
    assert "usage_records_2026_05" in await drop_months(date(2026, 12, 1))


async def test_by_night_the_worker_lays_and_drops() -> None:
    with clock.stopped_at(datetime(2027, 4, 3, 2, 20, tzinfo=UTC)):
        await turn_months()

    assert (await spans())["usage_records"] == (date(2026, 10, 1), date(2027, 6, 1))
