"""A new mobile customer signs once the video identification is reported as passed, within the order's 24 hours."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from portal.signing.evidence.chain import Event
from portal.signing.orders.faults import NoSuchOrder
from portal.signing.orders.identifying import NotAwaited, Report, identified, miss_all
from portal.signing.tables import EvidenceEntry, Identification
from tests.people import NOON, Person
from tests.signing.orders.rows import Row, envelope_of, messages, of, of_newcomer, order_of, taken

PASSED = Report(passed=True, reference="VID-7")
FAILED = Report(passed=False, reference="VID-8")
JURE = "jure@example.test"
LAST_MOMENT = NOON + timedelta(hours=23)
"""The order was placed an hour before noon: now its 24 hours are over."""


@pytest.fixture
async def waiting(database: str) -> Row:
    """Jure's order, which waits for his identification."""
    row = of_newcomer()
    await taken(row)
    return row


async def test_passed_it_opens_the_envelope_with_what_is_left_of_the_24_hours(waiting: Row) -> None:
    assert await identified(waiting["number"], PASSED, NOON + timedelta(hours=2))

    order, envelope = await order_of(waiting), await envelope_of(waiting)
    assert (order.identification, order.identified_as) == (Identification.PASSED, "VID-7")
    assert envelope is not None
    assert envelope.expires_at == order.placed_at + timedelta(hours=24)
    assert await messages(JURE) == ["documents_to_sign"]
    noted = (
        await EvidenceEntry.select(EvidenceEntry.event)
        .where(EvidenceEntry.envelope == envelope.id)
        .output(as_list=True)
    )
    assert Event.IDENTIFIED in noted


async def test_reported_twice_it_is_done_once(waiting: Row) -> None:
    told = await asyncio.gather(*(identified(waiting["number"], PASSED, NOON) for _ in range(5)))

    assert sorted(told) == [False, False, False, False, True]
    assert await messages(JURE) == ["documents_to_sign"]


async def test_another_outcome_after_the_first_is_refused(waiting: Row) -> None:
    await identified(waiting["number"], PASSED, NOON)

    with pytest.raises(NotAwaited):
        await identified(waiting["number"], FAILED, NOON)

    assert (await order_of(waiting)).identification == Identification.PASSED


async def test_failed_there_is_nothing_to_sign_and_everybody_is_told(waiting: Row, staff: str) -> None:
    assert await identified(waiting["number"], FAILED, NOON)

    assert await envelope_of(waiting) is None
    assert await messages(JURE) == ["order_not_identified"]
    assert await messages(staff) == ["signing_staff"]


async def test_passed_when_the_time_is_over_it_opens_nothing(waiting: Row) -> None:
    with pytest.raises(NotAwaited, match="24 hours"):
        await identified(waiting["number"], PASSED, LAST_MOMENT)

    assert await identified(waiting["number"], PASSED, LAST_MOMENT - timedelta(seconds=1))


async def test_whoever_is_not_identified_in_time_is_waited_for_no_longer(waiting: Row, staff: str) -> None:
    await miss_all(LAST_MOMENT - timedelta(seconds=1))
    assert (await order_of(waiting)).identification == Identification.AWAITED

    await asyncio.gather(miss_all(LAST_MOMENT), miss_all(LAST_MOMENT))

    assert (await order_of(waiting)).identification == Identification.MISSED
    assert await messages(JURE) == ["order_not_identified"]
    assert await messages(staff) == ["signing_staff"]


async def test_an_order_that_nobody_is_identified_for(ana: Person) -> None:
    row = of(ana)
    await taken(row)

    with pytest.raises(NotAwaited):
        await identified(row["number"], PASSED, NOON)
    with pytest.raises(NoSuchOrder):
        await identified("N-none", PASSED, NOON)
