"""Hundreds of transfers booked together leave the same books as each booked by itself, and the same follows."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.audit import AuditEntry, Event
from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.database import connection, transaction
from portal.dunning.settling import CONCERNED
from portal.dunning.tables import Reconnection
from portal.money import Money
from portal.payments.bank.booking_many import Ledgers
from portal.payments.bank.matching import Match
from portal.payments.booking import Received, book_for
from portal.payments.tables import Method
from tests.dunning.case_rows import a_case, a_proof
from tests.dunning.cases import suspended
from tests.payments.bank.conftest import ImportBytes
from tests.payments.bank.statements import one, statement
from tests.payments.books import books_balance, open_of
from tests.people import NOON, TODAY, Person, a_person
from tests.world import Exchange

BILL = st.tuples(st.integers(1, 5_000), st.integers(-30, 30), st.integers(0, 3))
"""Cents, days until it is due, quarters of it that are disputed."""
TRANSFER = st.tuples(st.integers(1, 9_000), st.integers(0, 1), st.sets(st.integers(0, 3)))
"""Cents, whose, and which of the bills are meant."""


async def a_household(bills: list[tuple[int, int, int]], credit: int) -> Person:
    person = await a_person(registered=False)
    if credit:
        await book_for(
            person.account.id, Received(f"x{person.account.number}", Money(credit), Method.OTHER), [], at=NOON
        )
    for cents, days, disputed in bills:
        bill = await person.bill(cents, due=TODAY + timedelta(days=days))
        await Bill.update({Bill.disputed_cents: cents * disputed // 4}).where(Bill.id == bill.id)
    return person


def matches(households: list[Person], transfers: list[tuple[int, int, set[int]]]) -> list[tuple[Match, Money]]:
    return [
        (
            Match(
                households[whose].account.id,
                tuple(bill.id for place, bill in enumerate(households[whose].bills) if place in meant),
            ),
            Money(cents),
        )
        for cents, whose, meant in transfers
    ]


async def books_of(person: Person) -> list[Any]:
    """What is settled of each bill by which of its payments, and what is credit: without ids."""
    async with connection() as connected:
        rows = [await connected.fetch(query, person.account.id) for query in (BILLS, SETTLED, CREDITS)]
    return [[tuple(row) for row in some] for some in rows]


@given(st.lists(st.lists(BILL, max_size=4), min_size=2, max_size=2), st.lists(TRANSFER, max_size=8), st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_books_are_the_same(
    database: str, bills: list[list[tuple[int, int, int]]], transfers: list[tuple[int, int, set[int]]], credit: bool
) -> None:
    together = [await a_household(some, 700 * credit * place) for place, some in enumerate(bills)]
    singly = [await a_household(some, 700 * credit * place) for place, some in enumerate(bills)]

    async with transaction() as connected:
        ledgers = await Ledgers.of(connected, [person.account.id for person in together], NOON)
        for place, (match, amount) in enumerate(matches(together, transfers)):
            await ledgers.book(match, f"{together[0].account.number}-{place}", amount)
        await ledgers.write()
    for place, (match, amount) in enumerate(matches(singly, transfers)):
        await book_for(
            match.account,
            Received(f"{singly[0].account.number}-{place}", amount, Method.BANK),
            match.bills,
            at=NOON,
        )

    for one_way, other in zip(together, singly, strict=True):
        assert await books_of(one_way) == await books_of(other)
        assert await noted(one_way.account) == await noted(other.account)
    assert await books_balance()


async def noted(account: Account) -> int:
    of_account = AuditEntry.account_id == account.id
    return int(await AuditEntry.count().where(of_account, AuditEntry.event == Event.PAYMENT_BOOKED))


async def concerned(*people: Person) -> set[UUID]:
    async with connection() as connected:
        rows = await connected.fetch(CONCERNED, [person.account.id for person in people])
    return {row["account"] for row in rows}


async def test_those_with_a_case_or_a_proof_are_booked_one_by_one(exchange: Exchange, database: str) -> None:
    calm, late, proving = [await a_person(registered=False) for _ in range(3)]
    await calm.bill(1_000)
    await a_case(late, "reminder")
    await a_proof(proving)

    assert await concerned(calm, late, proving) == {late.account.id, proving.account.id}


async def test_a_transfer_connects_again(exchange: Exchange, bojan: Person, import_bytes: ImportBytes) -> None:
    ana = await a_person("Ana Novak", registered=False)
    bill, hers = await bojan.bill(8_645), await ana.bill(1_000)
    await suspended(bojan)

    await import_bytes(statement(one("B1", 1_000, hers.reference), one("B2", 8_645, bill.reference)))

    [asked] = await Reconnection.objects()
    assert (asked.account, asked.is_provisional) == (bojan.account.id, False)
    assert await open_of(bill) == await open_of(hers) == 0


async def test_two_imports_at_once_book_once(bojan: Person, import_bytes: ImportBytes) -> None:
    bills = [await bojan.bill(1_000 + n) for n in range(20)]
    content = statement(*(one(f"B{n}", 1_000 + n, bill.reference) for n, bill in enumerate(bills)))

    outcomes = await asyncio.gather(*(import_bytes(content, f"{n}.xml") for n in range(3)), return_exceptions=True)

    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) >= 1
    assert (await import_bytes(content)).known.count == 20
    assert await books_balance()


BILLS = "SELECT total_cents, open_cents, settled_at FROM bills WHERE account = $1 ORDER BY id"
SETTLED = """
    SELECT p.amount_cents, row_number() OVER (ORDER BY p.number) AS nth, b.total_cents, b.due_on,
           sum(al.amount_cents)::bigint
    FROM payments p JOIN allocations al ON al.payment = p.id JOIN bills b ON b.id = al.bill
    WHERE p.account = $1 GROUP BY p.number, p.amount_cents, b.id, b.total_cents, b.due_on ORDER BY p.number, b.id
"""
CREDITS = """
    SELECT p.amount_cents, c.amount_cents FROM credits c JOIN payments p ON p.id = c.payment
    WHERE c.account = $1 AND c.amount_cents > 0 ORDER BY p.number
"""
