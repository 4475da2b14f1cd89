"""Jobs live and die with the fact they follow; a failing one is tried again and in the end held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal import jobs
from portal.cli import queue
from portal.database import connection, transaction
from tests.working import claim, waiting, work_off

DONE: list[str] = []
FAILURES: list[type[Exception]] = []


class Broken(Exception):
    """A fault of ours."""


@jobs.job("tests.note", attempts=2)
async def note(what: str) -> None:
    if FAILURES:
        raise FAILURES.pop(0)
    DONE.append(what)


@jobs.job("tests.chain")
async def chain(left: str) -> None:
    DONE.append(left)
    if int(left):
        async with transaction():
            await jobs.enqueue("tests.chain", left=str(int(left) - 1))


@pytest.fixture(autouse=True)
def clean(database: str) -> Iterator[None]:
    yield
    DONE.clear()
    FAILURES.clear()


async def enqueue(what: str, *, once: str | None = None, after: timedelta | None = None) -> None:
    async with transaction():
        await jobs.enqueue("tests.note", what=what, once=once, after=after)


async def held() -> list[str]:
    async with connection() as connected:
        rows = await connected.fetch("SELECT entrypoint FROM pgqueuer WHERE status = 'failed'")
    return [row["entrypoint"] for row in rows]


async def test_a_job_is_done_once_what_it_follows_is_committed() -> None:
    await enqueue("it")

    assert await work_off() == 1

    assert DONE == ["it"]
    assert await waiting() == []


async def test_a_job_is_gone_with_the_transaction_it_was_enqueued_in() -> None:
    with pytest.raises(Broken):
        async with transaction():
            await jobs.enqueue("tests.note", what="never")
            raise Broken

    assert await work_off() == 0


async def test_a_savepoint_takes_its_jobs_with_it() -> None:
    async with transaction():
        await jobs.enqueue("tests.note", what="kept")
        with pytest.raises(Broken):
            async with transaction():
                await jobs.enqueue("tests.note", what="lost")
                raise Broken

    await work_off()

    assert DONE == ["kept"]


async def test_without_a_transaction_nothing_is_enqueued() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        await jobs.enqueue("tests.note", what="it")


async def test_jobs_that_enqueue_jobs_are_worked_off_to_the_end() -> None:
    async with transaction():
        await jobs.enqueue("tests.chain", left="3")

    await work_off()

    assert DONE == ["3", "2", "1", "0"]


async def test_the_same_sweep_waits_once() -> None:
    await enqueue("sweep", once="sweep")
    await enqueue("sweep", once="sweep")
    await work_off()
    await enqueue("sweep", once="sweep")
    await work_off()

    assert DONE == ["sweep", "sweep"]


async def test_a_job_for_later_is_not_due_now() -> None:
    await enqueue("later", after=timedelta(hours=1))

    assert await work_off() == 0
    await work_off(later=True)

    assert DONE == ["later"]


async def test_a_failing_job_is_tried_again() -> None:
    FAILURES.append(Broken)
    await enqueue("it")

    with pytest.raises(Broken):
        await work_off()
    assert await waiting() == ["tests.note"]
    await work_off()
    assert DONE == []
    await work_off(later=True)

    assert DONE == ["it"]


async def test_a_job_that_keeps_failing_is_held() -> None:
    FAILURES.extend([Broken] * 3)
    await enqueue("it")

    for _ in range(3):
        with pytest.raises(Broken):
            await work_off(later=True)
    await work_off(later=True)

    assert await held() == ["tests.note"]
    assert DONE == []


async def test_a_job_that_only_waits_has_not_crashed() -> None:
    FAILURES.append(jobs.NotYet)
    await enqueue("it")

    await work_off()
    assert await waiting() == ["tests.note"]
    await work_off(later=True)

    assert DONE == ["it"]


def test_retries_come_ever_later_and_never_too_late() -> None:
    waits = [jobs.wait_after(attempts).total_seconds() for attempts in range(60)]

    assert waits[:4] == [2, 4, 8, 16]
    assert waits == sorted(waits)
    assert waits[-1] == 600


async def test_what_was_done_long_ago_is_forgotten() -> None:
    await enqueue("it")
    await work_off()
    async with connection() as connected:
        await connected.execute("UPDATE pgqueuer_log SET aggregated = true, created = now() - interval '31 days'")
        await connected.execute("UPDATE pgqueuer_log SET aggregated = false WHERE status = 'successful'")
        await jobs.forget()
        left = await connected.fetch("SELECT status FROM pgqueuer_log")

    assert [row["status"] for row in left] == ["successful"]


async def picked_by_workers_that_die(times: int) -> None:
    """PgQueuer takes a job over from a worker that gives no sign of life."""
    async with connection() as connected:
        workers = jobs.worker(connected)
        for _ in range(times):
            [_] = await claim(workers)
            await connected.execute("UPDATE pgqueuer SET heartbeat = now() - interval '2 days' WHERE status = 'picked'")


async def hold_killers() -> list[str]:
    async with connection() as connected:
        await jobs.hold_killers(connected)
    return await held()


async def test_a_job_over_which_workers_keep_dying_is_held() -> None:
    await enqueue("it")
    await picked_by_workers_that_die(jobs.MOST_DEATHS)
    assert await hold_killers() == []

    await picked_by_workers_that_die(1)

    assert await hold_killers() == ["tests.note"]
    assert await work_off(later=True) == 0


async def test_failing_and_waiting_count_as_no_death() -> None:
    FAILURES.extend([jobs.NotYet] * 2)
    await enqueue("it")
    for _ in range(2):
        await work_off(later=True)
    async with connection() as connected:
        await connected.execute("UPDATE pgqueuer SET execute_after = now()")
    await picked_by_workers_that_die(jobs.MOST_DEATHS)

    assert await hold_killers() == []


async def test_a_job_that_a_person_gave_another_chance_begins_to_count_anew() -> None:
    await enqueue("it")
    await picked_by_workers_that_die(jobs.MOST_DEATHS + 1)
    assert await hold_killers() == ["tests.note"]

    [one] = await queue.held()
    assert await queue.retry(one.id)
    await picked_by_workers_that_die(1)

    assert await hold_killers() == []
