"""A worker dies while it signs, or the timestamper is away: what was accepted is signed all the same, and once."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from portal.signing.evidence.chain import CHAIN_LOCK
from portal.signing.pki.folder import Keys
from tests.faults.estate import Estate, until
from tests.faults.signatory import Signatory
from tests.faults.test_a_server_dies import somebody_waits
from tests.signing.pades.timestamper import OpenSsl, openssl_timestamper

Strike = Callable[[Estate, OpenSsl, UUID], Awaitable[None]]
MANY = 20


@pytest.fixture
def timestamper(estate: Estate, signing_keys: Path) -> Iterator[OpenSsl]:
    """Outside of the estate, which asks it."""
    with openssl_timestamper(Keys(signing_keys), os.environ["SIGNING_KEYS_PASSPHRASE"].encode()) as theirs:
        estate.environment["SIGNING_TSA_URL"] = theirs.url
        yield theirs
        estate.kill()
    del estate.environment["SIGNING_TSA_URL"]


@pytest_asyncio.fixture
async def bojan(estate: Estate, timestamper: OpenSsl, numbers: list[str]) -> AsyncIterator[Signatory]:
    """The portal serves him; no worker runs yet."""
    await estate.serve()
    bojan = await Signatory.signed_in(estate, numbers.pop())
    async with bojan.client:
        yield bojan


async def before_the_time_stamp(estate: Estate, timestamper: OpenSsl, _: UUID) -> None:
    """Who signs is looked up, and the answer does not come."""
    async with estate.books() as books, books.transaction():
        await books.execute("LOCK TABLE enrolments IN ACCESS EXCLUSIVE MODE")
        await dies_waiting(estate)
    assert timestamper.asked == 0


async def while_the_time_stamp_is_waited_for(estate: Estate, timestamper: OpenSsl, _: UUID) -> None:
    with silent(timestamper):
        await estate.work()
        await until(lambda: asked(timestamper), "the timestamper is asked")
        estate.kill("worker")


async def before_the_commit(estate: Estate, timestamper: OpenSsl, _: UUID) -> None:
    """All is written but the evidence, which comes last."""
    async with estate.books() as books, books.transaction():
        await books.execute("SELECT pg_advisory_xact_lock($1)", CHAIN_LOCK)
        await dies_waiting(estate)
    assert timestamper.asked == 3


async def after_the_commit_before_the_job_is_done(estate: Estate, timestamper: OpenSsl, envelope: UUID) -> None:
    async with estate.books() as books, books.transaction():
        with silent(timestamper):
            await estate.work()
            await until(lambda: asked(timestamper), "the timestamper is asked")
            await books.execute("SELECT FROM pgqueuer WHERE entrypoint = 'signing.finish' FOR UPDATE")
        await until(lambda: is_now(estate, envelope, "signed"), "it is signed")
        await until(lambda: somebody_waits(estate), "the job is to be struck off the queue")
        estate.kill("worker")
        await estate.ask(GONE_WITH_IT)
    assert await estate.ask("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'signing.finish'") == 1


@pytest.mark.parametrize(
    "strike",
    [
        before_the_time_stamp,
        while_the_time_stamp_is_waited_for,
        before_the_commit,
        after_the_commit_before_the_job_is_done,
    ],
    ids=lambda strike: strike.__name__,
)
async def test_a_worker_is_killed_and_another_one_signs(
    estate: Estate, timestamper: OpenSsl, bojan: Signatory, tmp_path: Path, strike: Strike
) -> None:
    [envelope] = await bojan.orders(tmp_path)
    await bojan.signs(envelope)
    assert await bojan.reads(envelope) == "Podpisujemo …"

    await strike(estate, timestamper, envelope)
    await estate.ask(PRESUMED_DEAD)
    await estate.work()

    await bojan.gets([envelope])
    assert await bojan.reads(envelope) == "Dokumenti so podpisani"
    assert await bojan.has_exactly_one_of_each(envelope)
    assert chain_is_whole(estate)


async def test_the_timestamper_is_away_for_an_hour(
    estate: Estate, timestamper: OpenSsl, bojan: Signatory, tmp_path: Path
) -> None:
    timestamper.reply = lambda _: (503, "text/plain", b"")
    await estate.work()
    [envelope] = await bojan.orders(tmp_path)
    await bojan.signs(envelope)

    for tries in range(1, 10):
        await until(partial(has_tried, estate, envelope, tries), "it tries again")
        await estate.ask(BROUGHT_FORWARD)
    assert await bojan.reads(envelope) == "Podpisujemo …"
    assert await is_now(estate, envelope, "accepted")
    assert await estate.ask("SELECT signed_pdf IS NULL FROM documents WHERE envelope = $1", envelope)

    timestamper.reply = timestamper.stamped
    await estate.ask(BROUGHT_FORWARD)
    await bojan.gets([envelope])
    assert await bojan.has_exactly_one_of_each(envelope)
    assert chain_is_whole(estate)


async def test_twenty_sign_at_once_and_two_workers_sign(estate: Estate, bojan: Signatory, tmp_path: Path) -> None:
    envelopes = await bojan.orders(tmp_path, MANY)
    for envelope in envelopes:
        await bojan.asks(envelope)
    await estate.work()
    await estate.work()

    await asyncio.gather(*(bojan.enters_the_code(envelope) for envelope in envelopes))

    await bojan.gets(envelopes)
    for envelope in envelopes:
        assert await bojan.has_exactly_one_of_each(envelope)
    assert chain_is_whole(estate)


@contextmanager
def silent(timestamper: OpenSsl) -> Iterator[None]:
    """It hears, and does not answer until this is over."""
    is_over = threading.Event()

    def late(query: bytes) -> tuple[int, str, bytes]:
        is_over.wait(60)
        return timestamper.stamped(query)

    timestamper.reply = late
    try:
        yield
    finally:
        timestamper.reply = timestamper.stamped
        is_over.set()


async def dies_waiting(estate: Estate) -> None:
    await estate.work()
    await until(lambda: somebody_waits(estate), "the worker waits")
    estate.kill("worker")


async def asked(timestamper: OpenSsl) -> bool:
    return timestamper.asked > 0


async def is_now(estate: Estate, envelope: UUID, state: str) -> bool:
    return bool(await estate.ask("SELECT state = $2 FROM envelopes WHERE id = $1", envelope, state))


async def has_tried(estate: Estate, envelope: UUID, tries: int) -> bool:
    return bool(await estate.ask(TRIED, str(envelope), tries))


def chain_is_whole(estate: Estate) -> bool:
    """It ends with an error where anything is wrong."""
    estate.run("portal.cli", "evidence", "verify", "--signatures")
    return True


PRESUMED_DEAD = "UPDATE pgqueuer SET heartbeat = heartbeat - interval '1 minute' WHERE status = 'picked'"
GONE_WITH_IT = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
BROUGHT_FORWARD = "UPDATE pgqueuer SET execute_after = now() WHERE entrypoint = 'signing.finish' AND status = 'queued'"
TRIED = """
    SELECT attempts >= $2 FROM pgqueuer
    WHERE entrypoint = 'signing.finish' AND status = 'queued'
        AND convert_from(payload, 'UTF8')::jsonb ->> 'envelope' = $1
"""
