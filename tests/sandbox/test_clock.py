"""The demo's clock is one for all its processes, goes forward only, and takes along whoever is signed in."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from portal import clock
from portal.database import connection, transaction
from portal.identity.tables import Device, Session
from portal.jobs import enqueue
from portal.sandbox import offset
from portal.sandbox.offset import Offset, move_to
from portal.settings import ROOT
from tests.people import a_person, signed_in
from tests.visiting import Visitor
from tests.working import waiting

TEN_DAYS = timedelta(days=10)
A_MOMENT = timedelta(seconds=30)

OTHER_PROCESS = """
import sys
from pathlib import Path
from portal.sandbox.offset import Offset
seen = Offset(Path(sys.argv[1]))
for asked in sys.stdin:
    print(seen.ahead.days, flush=True)
"""


def test_a_clock_that_nobody_moved_is_the_machine_s(demo_clock: Offset) -> None:
    assert demo_clock.ahead == offset.NONE
    assert abs(clock.now() - datetime.now(UTC)) < A_MOMENT


def test_another_process_sees_it_at_once(demo_clock: Offset) -> None:
    [file] = offset.FOLDER.iterdir()
    with subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, str(file)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert seen_by(other) == "0"
        demo_clock.set(TEN_DAYS)
        assert seen_by(other) == "10"
        other.communicate()


def seen_by(other: subprocess.Popen[str]) -> str:
    assert other.stdin is not None
    assert other.stdout is not None
    print("?", file=other.stdin, flush=True)
    return other.stdout.readline().strip()


async def test_it_stays_ahead_when_the_demo_starts_again(demo_clock: Offset) -> None:
    await move_to(clock.now() + TEN_DAYS)

    again = await offset.follow()

    assert abs(again.ahead - TEN_DAYS) < A_MOMENT
    assert abs(clock.now() - datetime.now(UTC) - TEN_DAYS) < A_MOMENT


async def test_it_never_goes_back(demo_clock: Offset) -> None:
    await move_to(clock.now() + TEN_DAYS)
    ahead = demo_clock.ahead

    await move_to(clock.now() - TEN_DAYS)

    assert demo_clock.ahead == ahead


async def test_two_databases_have_a_clock_each(demo_clock: Offset) -> None:
    other = Offset(offset.FOLDER / "1-other")

    demo_clock.set(TEN_DAYS)

    assert other.ahead == offset.NONE


async def test_who_is_signed_in_stays_so(visit: Visitor, demo_clock: Offset) -> None:
    await signed_in(visit, await a_person("Ana Zupan"), at=clock.now())
    before = await Session.objects().first()

    await move_to(clock.now() + TEN_DAYS)

    await visit.get("/account")
    after = await Session.objects().first()
    device = await Device.objects().first()
    assert before is not None
    assert after is not None
    assert device is not None
    for what in ("created_at", "ends_at", "idle_ends_at"):
        assert abs(getattr(after, what) - getattr(before, what) - TEN_DAYS) < A_MOMENT
    assert abs(device.seen_at - clock.now()) < A_MOMENT


async def test_a_session_that_was_too_old_stays_too_old(visit: Visitor, demo_clock: Offset) -> None:
    await signed_in(visit, await a_person("Ana Zupan"), at=clock.now() - timedelta(days=1))

    await move_to(clock.now() + TEN_DAYS)

    page = await visit.get("/account")
    assert page.path.startswith("/sign-in")


async def test_what_waits_in_the_queue_for_its_hour_waits_so_much_less(demo_clock: Offset) -> None:
    async with transaction():
        await enqueue("tests.later", after=TEN_DAYS)
        await enqueue("tests.much_later", after=2 * TEN_DAYS)

    await move_to(clock.now() + TEN_DAYS)

    async with connection() as connected:
        due = await connected.fetch("SELECT entrypoint FROM pgqueuer WHERE execute_after <= now()")
    assert [row["entrypoint"] for row in due] == ["tests.later"]
    assert len(await waiting()) == 2


async def test_without_the_sandbox_there_is_no_such_page(visit: Visitor) -> None:
    await visit.get("/sandbox/clock", status=404)
    await visit.post("/sandbox/clock/days", {"days": "1"}, status=404)


def test_without_the_sandbox_nothing_of_it_is_there(database_url: str) -> None:
    """A process that serves customers asks the machine, whatever a demo beside it did to its clock."""
    ran = subprocess.run(
        [sys.executable, "-c", PRODUCTION],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url, "PORTAL_SANDBOX": "0"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stdout.split() == ["True", "False", "False"], ran.stderr


PRODUCTION = """
import asyncio, os, sys
from app import connect_world, create_app
from portal import clock, jobs
from portal.database import open_database
from portal.worker import import_every_job

async def start():
    async with open_database(os.environ["DATABASE_URL"], 2):
        await connect_world()
        import_every_job()

create_app()
asyncio.run(start())
print(clock._ask is clock.system, "portal.sandbox.offset" in sys.modules, "sandbox.pass_days" in jobs.JOBS)
"""
