"""Killed half-way and run again, several at once, or beside payments: every document once, nothing lost."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import pytest

from portal.billing.arriving import importing
from portal.billing.tables import Bill, BillLine
from portal.database import connection
from portal.money import Money
from portal.payments.booking import Received, book_for
from portal.payments.tables import Credit, Method, Payment
from portal.settings import ROOT
from tests.billing.arriving.documents import Document, a_credit_note, a_document, bring_in, packed
from tests.messaging.test_printing_interrupted import IN_DATABASE, Power
from tests.messaging.trouble import PowerCut
from tests.payments.books import books_balance
from tests.people import NOON, Person, a_person

pytestmark = pytest.mark.usefixtures("database")

BILLS, NOTES = 60, 12
MOST_STEPS = 200


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 5)


async def a_month() -> list[Document]:
    """Bills of six people, of whom two have credit, and credit notes for every fifth."""
    people = [await a_person(f"Oseba {n}", registered=False) for n in range(6)]
    for person in people[:2]:
        received = Received(f"too-much-{person.account.number}", Money(10_000), Method.BANK)
        await book_for(person.account.id, received, [], at=NOON)
    bills = [a_document(people[n % 6].account) for n in range(BILLS)]
    return [*bills, *(note_for(people, bills, n) for n in range(0, BILLS, BILLS // NOTES))]


def note_for(people: Sequence[Person], bills: Sequence[Document], n: int) -> Document:
    return a_credit_note(people[n % 6].account, corrects=bills[n]["number"])


async def everything_is_in_once() -> bool:
    assert await Bill.count() == BILLS + NOTES
    assert await BillLine.count() == BILLS + NOTES
    assert await Payment.count().where(Payment.method == Method.CREDIT_NOTE) == NOTES
    assert sum(row.amount_cents for row in await Credit.objects()) == 0, "credit was used"
    async with connection() as connected:
        payloads = await connected.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = 'billing.announce'")
    told = [bill for row in payloads for bill in json.loads(row["payload"])["bills"].split()]
    assert len(told) == len(set(told)) == BILLS + NOTES, "each has its notice"
    return await books_balance()


async def test_killed_half_way_the_next_run_finishes(database: str, tmp_path: Path) -> None:
    documents = await a_month()
    file = tmp_path / "bills.ndjson"
    file.write_bytes(packed(documents))
    dying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.billing.arriving.killable_import", str(file)),
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database},
    )
    async with asyncio.timeout(30):
        while not await Bill.exists():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0)
    os.kill(dying.pid, signal.SIGKILL)
    await dying.wait()
    assert 0 < await Bill.count() < BILLS + NOTES

    done = await bring_in(*documents)

    assert (done.arrived + done.already, done.set_aside) == (BILLS + NOTES, [])
    assert await everything_is_in_once()


async def test_cut_off_at_every_step_of_a_chunk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ana, power = await a_person("Ana Zupan"), Power(tmp_path)
    for name in (*IN_DATABASE, "copy_records_to_table"):
        monkeypatch.setattr(asyncpg.Connection, name, power.in_database(getattr(asyncpg.Connection, name)))
    for steps in range(MOST_STEPS):
        first = a_document(ana.account)
        documents = [first, a_credit_note(ana.account, corrects=first["number"])]

        is_done = await gets_through(power, steps, documents)
        assert await bills_of(documents) in ((0, 2) if is_done else (0,))
        done = await bring_in(*documents)

        assert (done.arrived, done.already) == ((0, 2) if is_done else (2, 0))
        assert await books_balance(), steps
        if is_done:
            assert steps > 10
            return
    raise AssertionError(f"a chunk takes more than {MOST_STEPS} steps")


async def gets_through(power: Power, steps: int, documents: Sequence[Document]) -> bool:
    """Whether the import ends before that many statements were sent."""
    power.cut_after(steps)
    try:
        await bring_in(*documents)
    except PowerCut:
        return False
    power.cut_after(None)
    return True


async def bills_of(documents: Sequence[Document]) -> int:
    count: int = await Bill.count().where(Bill.number.is_in([one["number"] for one in documents]))
    return count


async def test_several_at_once_bring_everything_in_once() -> None:
    documents = await a_month()

    runs = await asyncio.gather(*(bring_in(*documents) for _ in range(4)))

    assert sum(run.arrived for run in runs) == BILLS + NOTES
    assert [run.set_aside for run in runs] == [[]] * 4
    assert await everything_is_in_once()


async def test_at_once_in_another_order_too() -> None:
    documents = await a_month()
    bills, notes = documents[:BILLS], documents[BILLS:]
    orders = [random.Random(n).sample(bills, BILLS) + notes for n in range(3)]

    runs = await asyncio.gather(*(bring_in(*order) for order in orders))

    assert sum(run.arrived for run in runs) == BILLS + NOTES
    assert await everything_is_in_once()


async def test_a_payment_booked_meanwhile_leaves_no_credit_beside_an_open_bill() -> None:
    people = [await a_person(f"Oseba {n}", registered=False) for n in range(10)]
    bills = [a_document(person.account) for person in people]

    async def pays(person: Person) -> None:
        received = Received(f"meanwhile-{person.account.number}", Money(3_246), Method.BANK)
        await book_for(person.account.id, received, [], at=NOON)

    await asyncio.gather(bring_in(*bills), *(pays(person) for person in people))

    assert sum(row.amount_cents for row in await Credit.objects()) == 0
    assert sum(row.open_cents for row in await Bill.objects()) == 0
    assert await books_balance()


async def test_two_at_once_that_claim_the_same_reference_or_number() -> None:
    """Each sees what the other has brought in, whatever accounts they are of: one comes in, no import crashes."""
    for what in ("reference", "number"):
        ana, bojan = await a_person("Ana Zupan"), await a_person("Bojan Kralj")
        hers, his = a_document(ana.account), a_document(bojan.account)
        his[what] = hers[what]

        runs = await asyncio.gather(bring_in(hers), bring_in(his))

        assert [run.arrived for run in runs].count(1) == 1
        assert sum(len(run.set_aside) for run in runs) == 1
