"""However often and in whatever order rows come, each order is here once, as it came first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.database import connection
from portal.signing.orders.faults import Faulty, OtherContent
from portal.signing.tables import Envelope, Order, SigningLink
from tests.people import Person
from tests.signing.orders.rows import Row, messages, of, of_newcomer, taken

AMOUNTS = ("10.00", "20.00")


@pytest.mark.parametrize("times", [10])
async def test_the_same_order_ten_times_at_once(ana: Person, times: int) -> None:
    row = of(ana)

    done = await asyncio.gather(*(taken(row) for _ in range(times)))

    assert sum(one.is_new for one in done) == 1
    assert len({(one.order, one.envelope) for one in done}) == 1
    assert await Order.count() == await Envelope.count() == await SigningLink.count() == 1
    assert await messages(ana.customer.email) == ["documents_to_sign"]


async def test_two_contents_of_one_number_at_once(ana: Person) -> None:
    row = of(ana)
    rows = [row | {"amount": amount} for amount in AMOUNTS] * 3

    done = await asyncio.gather(*(taken(one) for one in rows), return_exceptions=True)

    assert sum(isinstance(one, OtherContent) for one in done) == 3
    assert await Order.count() == await Envelope.count() == 1


async def test_two_orders_of_one_new_customer_at_once(database: str) -> None:
    rows = [of_newcomer() for _ in range(4)]

    done = await asyncio.gather(*(taken(row) for row in rows), return_exceptions=True)

    assert sum(isinstance(one, Faulty) for one in done) == 3, "the others name him by his number"
    assert await Order.count() == 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=1, max_size=8))
async def test_any_story_ends_in_one_order_and_one_envelope(ana: Person, story: Sequence[tuple[int, int]]) -> None:
    """Of each (which order, which content): what came first stays."""
    await empty()
    rows: list[Row] = [of(ana) for _ in range(3)]
    first: dict[int, int] = {}
    for which, content in story:
        await bring(rows[which] | {"amount": AMOUNTS[content]}, is_refused=first.get(which, content) != content)
        first.setdefault(which, content)

    amounts: list[dict[str, Any]] = await Order.select(Order.number, Order.amount_cents)
    kept = {rows[which]["number"]: int(AMOUNTS[content].replace(".", "")) for which, content in first.items()}
    assert {one["number"]: one["amount_cents"] for one in amounts} == kept
    assert await Envelope.count() == len(first)


async def bring(row: Row, *, is_refused: bool) -> None:
    if is_refused:
        with pytest.raises(OtherContent):
            await taken(row)
    else:
        await taken(row)


async def empty() -> None:
    async with connection() as connected, connected.transaction():
        await connected.execute("SET LOCAL session_replication_role = replica")
        for table in ("evidence_entries", "documents", "signing_links", "envelopes", "orders", "messages"):
            await connected.execute(f"DELETE FROM {table}")
