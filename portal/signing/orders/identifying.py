"""Video identification of new mobile customers, reported by whoever carries it out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from portal.database import connection, transaction
from portal.ndjson.values import Part, text
from portal.signing.envelopes.opening import open_envelope
from portal.signing.evidence.chain import Event, note
from portal.signing.orders.checking import TIME_TO_SIGN
from portal.signing.orders.faults import NoSuchOrder
from portal.signing.orders.staff import Occasion, tell_staff
from portal.signing.orders.telling import tell_not_identified
from portal.signing.tables import Identification, Order


class NotAwaited(Exception):
    """As a sentence for whoever reports it."""


class Report(Part):
    """How it ended. `reference`: what whoever identified calls it, such as `VID-2026-000318`."""

    passed: bool
    reference: Annotated[str, text(60)]

    @property
    def outcome(self) -> Identification:
        return Identification.PASSED if self.passed else Identification.FAILED


async def identified(number: str, report: Report, at: datetime) -> bool:
    """Open the envelope, or tell that there will be none. False: the same was reported before. The WHERE is the lock.

    Raises NoSuchOrder, and NotAwaited also for one that passed when the 24 hours were over.
    """
    async with transaction() as connected:
        order = await connected.fetchval(REPORT, number, report.outcome, report.reference, at, at - TIME_TO_SIGN)
        if order is not None:
            await follow(await ordered(order), report, at)
            return True
    known = await Order.objects().get(Order.number == number)
    if known is None:
        raise NoSuchOrder(number)
    if known.identification == Identification.AWAITED:
        raise NotAwaited("the 24 hours of this order are over")
    if (known.identification, known.identified_as) != (report.outcome, report.reference):
        raise NotAwaited("no identification is awaited for this order, or another outcome was reported")
    return False


async def follow(order: Order, report: Report, at: datetime) -> None:
    if report.passed:
        envelope = await open_envelope(order, at)
        await note(envelope.id, Event.IDENTIFIED, at, reference=report.reference)
    else:
        await tell_not_identified(order, at)
        await tell_staff(order, Occasion.IDENTIFICATION_FAILED, at)


async def miss_all(at: datetime) -> None:
    """Whoever was not identified within the 24 hours is not waited for any longer."""
    async with connection() as connected:
        due = await connected.fetch(DUE, at - TIME_TO_SIGN)
    for row in due:
        await miss(row["id"], at)


async def miss(order: UUID, at: datetime) -> None:
    async with transaction() as connected:
        missed = await connected.fetchval(MISS, order, at - TIME_TO_SIGN)
        if missed is not None:
            row = await ordered(missed)
            await tell_not_identified(row, at)
            await tell_staff(row, Occasion.IDENTIFICATION_MISSED, at)


async def ordered(order: UUID) -> Order:
    row = await Order.objects().get(Order.id == order)
    assert row is not None, "it was just written"
    return row


# One that failed is reported whenever it is; one that passed opens an envelope only while that can be signed.
REPORT = """
    UPDATE orders SET identification = $2, identified_as = $3, identified_at = $4
    WHERE number = $1 AND identification = 'awaited' AND (placed_at > $5 OR $2 = 'failed') RETURNING id
"""
DUE = "SELECT id FROM orders WHERE identification = 'awaited' AND placed_at <= $1 ORDER BY placed_at"
MISS = """
    UPDATE orders SET identification = 'missed'
    WHERE id = $1 AND identification = 'awaited' AND placed_at <= $2 RETURNING id
"""
