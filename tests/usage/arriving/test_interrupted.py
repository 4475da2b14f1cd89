"""Killed half-way and run again, or several at once: the newest of everything, and every warning once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import pytest

from portal.database import connection
from portal.settings import ROOT
from portal.usage.arriving import importing
from portal.usage.tables import UsageWarning
from tests.messaging.test_printing_interrupted import IN_DATABASE, Power
from tests.messaging.trouble import PowerCut
from tests.people import a_person
from tests.usage.arriving.feeds import Row, a_record, allowances, an_allowance, bring_in, everything, packed, spending

pytestmark = pytest.mark.usefixtures("database")

GB = 10**9
PEOPLE, TIMES = 6, 10
MOST_STEPS = 200


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 5)


async def a_morning() -> list[Row]:
    """Of six people ten measurements each, that reach 90 % in the end, what they spent, and a call each time."""
    people = [await a_person(f"Oseba {n}", registered=False) for n in range(PEOPLE)]
    return [
        row | {"measured_at": f"2026-11-21T11:{time:02d}:00+01:00"} if "used" in row or "spent" in row else row
        for time in range(TIMES)
        for person in people
        for row in (
            an_allowance(person.line, 2 * time * GB),
            spending(person.line, f"{time}.00"),
            a_record(person.line),
        )
    ]


async def the_newest_is_in() -> bool:
    used, spent, calls = await everything()
    assert [row["used"] for row in used] == [2 * (TIMES - 1) * GB] * PEOPLE
    assert [row["spent_cents"] for row in spent] == [100 * (TIMES - 1)] * PEOPLE
    assert len(calls) == PEOPLE * TIMES
    return await everybody_is_warned_once()


async def everybody_is_warned_once() -> bool:
    assert await UsageWarning.count() == PEOPLE
    async with connection() as connected:
        told = await connected.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'usage.tell'")
    return 0 < int(told) <= PEOPLE


async def test_killed_half_way_the_next_run_finishes(database: str, tmp_path: Path) -> None:
    rows = await a_morning()
    file = tmp_path / "usage.ndjson"
    file.write_bytes(packed(rows))
    dying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.usage.arriving.killable_import", str(file)),
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database},
    )
    async with asyncio.timeout(30):
        while not await allowances():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
    os.kill(dying.pid, signal.SIGKILL)
    await dying.wait()
    _, _, calls = await everything()
    assert 0 < len(calls) < PEOPLE * TIMES

    done = await bring_in(*rows)

    assert (done.arrived + done.already, done.set_aside) == (len(rows), [])
    assert await the_newest_is_in()


async def test_cut_off_at_every_step_of_a_chunk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ana, power = await a_person("Ana Zupan"), Power(tmp_path)
    await bring_in(an_allowance(ana.line, code="other"))
    for name in IN_DATABASE:
        monkeypatch.setattr(asyncpg.Connection, name, power.in_database(getattr(asyncpg.Connection, name)))
    for steps in range(MOST_STEPS):
        code = f"code{steps}"
        rows = [an_allowance(ana.line, 19 * GB, code=code), a_record(ana.line, record=code)]

        is_done = await gets_through(power, steps, rows)
        assert await what_is_here(code) in ((1, 1, 1) if is_done else (0, 0, 0), (1, 1, 1))
        done = await bring_in(*rows)

        assert await what_is_here(code) == (1, 1, 1)
        assert (done.arrived, done.already) == ((0, 2) if is_done else (2, 0))
        if is_done:
            assert steps > 5
            return
    raise AssertionError(f"a chunk takes more than {MOST_STEPS} steps")


async def gets_through(power: Power, steps: int, rows: Sequence[Row]) -> bool:
    """Whether the import ends before that many statements were sent."""
    power.cut_after(steps)
    try:
        await bring_in(*rows)
    except PowerCut:
        return False
    finally:
        power.cut_after(None)
    return True


async def what_is_here(code: str) -> tuple[int, int, int]:
    """Of the allowance, the record and the warning."""
    used, _, calls = await everything()
    return (
        sum(row["code"] == code for row in used),
        sum(row["record"] == code for row in calls),
        await UsageWarning.count().where(UsageWarning.about == code),
    )


async def test_several_at_once_in_any_order() -> None:
    rows = await a_morning()
    orders = [rows, *(random.Random(n).sample(rows, len(rows)) for n in range(3))]

    runs = await asyncio.gather(*(bring_in(*order) for order in orders))

    assert [run.set_aside for run in runs] == [[]] * 4
    assert await the_newest_is_in()


async def test_imports_in_opposite_order_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 400)
    ana = await a_person("Ana Zupan")
    await bring_in(*(an_allowance(ana.line, 0, code=f"code{n}") for n in range(400)))

    for used in range(1, 4):
        rows = [an_allowance(ana.line, used, code=f"code{n}") for n in range(400)]
        await asyncio.gather(*(bring_in(*order) for order in (rows, rows[::-1], rows, rows[::-1])))

    assert {row["used"] for row in await allowances()} == {3}
