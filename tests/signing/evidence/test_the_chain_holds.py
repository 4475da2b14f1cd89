"""Entries are chained as they are committed, and the table lets none be changed, removed or emptied."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from asyncpg import IntegrityConstraintViolationError

from portal.database import connection, transaction
from portal.signing.evidence.canonical import NotCanonical
from portal.signing.evidence.chain import GENESIS, Event, note
from portal.signing.tables import EvidenceEntry
from tests.people import NOON

pytestmark = pytest.mark.usefixtures("database")


async def noted(envelope: UUID, event: Event, **facts: object) -> None:
    async with transaction():
        await note(envelope, event, NOON, **facts)


async def entries() -> list[EvidenceEntry]:
    return await EvidenceEntry.objects().order_by(EvidenceEntry.position)


async def test_each_entry_carries_the_hash_of_the_one_before_whichever_envelope_it_is_of() -> None:
    for envelope in (uuid4(), uuid4()):
        await noted(envelope, Event.ORDERED, number="N1")

    first, second = await entries()

    assert (first.position, first.previous) == (1, GENESIS)
    assert (second.position, second.previous) == (2, first.hash)


async def test_facts_are_kept_as_they_were_hashed() -> None:
    moment, envelope = NOON + timedelta(microseconds=7), uuid4()

    await noted(
        envelope, Event.SHOWN, login=envelope, at=moment, sha256=b"\xff\x00", title="Ključ «Ž»", page=1, no=None
    )

    (entry,) = await entries()
    assert entry.facts == (
        f'{{"at":"2026-11-21T11:00:00.000007Z","login":"{envelope}","no":null,"page":1,"sha256":"ff00",'
        '"title":"Ključ «Ž»"}'
    )


async def test_what_did_not_happen_is_not_in_the_chain() -> None:
    await noted(uuid4(), Event.ORDERED)
    with pytest.raises(RuntimeError, match="broke"):
        await noted_and_broken()
    await noted(uuid4(), Event.ORDERED)

    assert [entry.position for entry in await entries()] == [1, 2]


async def noted_and_broken() -> None:
    async with transaction():
        await note(uuid4(), Event.SIGNED, NOON)
        raise RuntimeError("it broke")


async def test_an_event_is_noted_in_the_transaction_of_what_happened_or_not_at_all() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        await note(uuid4(), Event.SIGNED, NOON)


async def test_a_fraction_is_no_fact() -> None:
    with pytest.raises(NotCanonical):
        await noted(uuid4(), Event.SHOWN, amount=1.5)

    assert not await entries()


async def test_twenty_at_once_make_one_chain() -> None:
    await asyncio.gather(*(noted(uuid4(), Event.SHOWN, page=page) for page in range(20)))

    chain = await entries()
    assert [entry.position for entry in chain] == list(range(1, 21))
    assert [entry.previous for entry in chain] == [GENESIS, *(entry.hash for entry in chain[:-1])]


@pytest.mark.parametrize(
    "meddling",
    [
        "UPDATE evidence_entries SET facts = '{}'",
        "UPDATE evidence_entries SET hash = previous",
        "DELETE FROM evidence_entries",
        "TRUNCATE evidence_entries",
    ],
)
async def test_nobody_changes_what_stands_there(meddling: str) -> None:
    await noted(uuid4(), Event.ORDERED, number="N1")

    async with connection() as connected:
        with pytest.raises(IntegrityConstraintViolationError, match="only added to"):
            await connected.execute(meddling)

    (entry,) = await entries()
    assert entry.facts == '{"number":"N1"}'
