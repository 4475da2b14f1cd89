"""Power is cut at every single step of an export; the next one finishes it, with the same bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from portal.database import connection
from portal.dunning.endings.batches import leave
from portal.dunning.endings.exporting import export
from portal.dunning.policy import HandOverTo
from tests.dunning.endings import LATER, batches, in_debt, names_in, pays_all, received
from tests.messaging.test_printing_interrupted import IN_DATABASE, ON_DISK, Power
from tests.messaging.trouble import PowerCut
from tests.people import NOON, Person, a_person

MOST_STEPS = 200
NUMBER = "2026-11-21-agency-1"
Check = Callable[[int], None]


@pytest.fixture
def power(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Power]:
    power = Power(folder)
    with monkeypatch.context() as edges:
        for name in ON_DISK:
            edges.setattr(os, name, power.on_disk(getattr(os, name)))
        for name in IN_DATABASE:
            edges.setattr(asyncpg.Connection, name, power.in_database(getattr(asyncpg.Connection, name)))
        yield power


async def begin_anew(power: Power) -> None:
    async with connection() as connected:
        await connected.execute("UPDATE handovers SET batch = NULL, withdrawal = NULL, stated = NULL")
        await connected.execute("DELETE FROM handover_batches")
    for name in names_in(power.folder):
        shutil.rmtree(power.folder / name)


async def exports_to_the_end(power: Power, steps: int) -> bool:
    power.cut_after(steps)
    try:
        await export(HandOverTo.AGENCY, LATER)
    except PowerCut:
        return False
    power.cut_after(None)
    return True


async def two_in_debt() -> tuple[Person, Person]:
    bojan, ana = await a_person(), await a_person("Ana Žagar")
    for person in (bojan, ana):
        await in_debt(person)
    return bojan, ana


def contents(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.iterdir()}


async def test_at_every_step(power: Power) -> None:
    people = await two_in_debt()
    await export(HandOverTo.AGENCY, LATER)
    whole = contents(power.folder / NUMBER)
    for steps in range(MOST_STEPS):
        await begin_anew(power)

        is_done = await exports_to_the_end(power, steps)
        await export(HandOverTo.AGENCY, LATER)

        assert contents(power.folder / NUMBER) == whole, steps
        assert names_in(power.folder) == [NUMBER], steps
        assert [(batch.number, batch.laid_out_at) for batch in await batches()] == [(NUMBER, LATER)], steps
        if is_done:
            assert steps > 20
            assert received(power.folder)[0].accounts == [person.account.number for person in people]
            return
    raise AssertionError(f"an export takes more than {MOST_STEPS} steps")


async def test_at_every_step_of_another_edition(power: Power) -> None:
    """Bojan paid after the batch was laid out: at no moment does a folder stand that is not whole."""
    bojan, ana = await two_in_debt()
    await export(HandOverTo.AGENCY, NOON)
    before = contents(power.folder / NUMBER)
    await pays_all(bojan)
    for steps in range(MOST_STEPS):
        await lay_the_first_edition(power, before)

        is_done = await exports_to_the_end(power, steps)
        seen = received(power.folder)
        assert [batch.accounts for batch in seen] in (
            [],
            [[bojan.account.number, ana.account.number]],
            [[ana.account.number]],
        )
        await export(HandOverTo.AGENCY, LATER)

        [batch] = received(power.folder)
        assert (batch.accounts, batch.manifest["edition"]) == ([ana.account.number], 2), steps
        assert names_in(power.folder) == [NUMBER], steps
        if is_done:
            await leave(NUMBER, "Nada", LATER)
            return
    raise AssertionError(f"an export takes more than {MOST_STEPS} steps")


async def lay_the_first_edition(power: Power, files: dict[str, bytes]) -> None:
    for name in names_in(power.folder):
        shutil.rmtree(power.folder / name)
    place = power.folder / NUMBER
    place.mkdir(mode=0o700)
    for name, content in files.items():
        (place / name).touch(mode=0o600)
        (place / name).write_bytes(content)
    async with connection() as connected:
        await connected.execute("UPDATE handover_batches SET laid_out_at = NULL")
