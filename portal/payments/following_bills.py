"""What follows for payments when documents arrive, in the transaction that brings them in and with accounts locked.

The mass, bills that nobody has paid anything of, needs nothing. What was paid before the portal took over is written in
sets; only accounts with a credit note, or with credit for their new bills, are handled one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import uuid_utils.compat
from asyncpg import Connection

from portal.billing.arriving.importing import Arrived
from portal.payments.booking import Received, book_for
from portal.payments.credit import use_credit
from portal.payments.tables import Method


async def follow_bills(connected: Connection, arrived: Sequence[Arrived], at: datetime) -> None:
    """Safe to repeat only with the bills themselves: it belongs to their transaction."""
    await take_over(connected, [one for one in arrived if one.paid.is_positive])
    for note in credit_notes(arrived):
        await give_back(connected, note, at)
    for account in await with_credit(connected, arrived):
        await use_credit(account, at=at)


async def take_over(connected: Connection, paid: Sequence[Arrived]) -> None:
    """A payment and its allocation for what was paid elsewhere. The bills came with that much less open."""
    if paid:
        await connected.execute(
            TAKE_OVER,
            [uuid_utils.compat.uuid7() for _ in paid],
            [uuid_utils.compat.uuid7() for _ in paid],
            [one.account for one in paid],
            [one.id for one in paid],
            [f"takeover:{one.number}" for one in paid],
            [one.paid.cents for one in paid],
            [one.paid_at for one in paid],
            Method.OTHER,
        )


def credit_notes(arrived: Iterable[Arrived]) -> list[Arrived]:
    return [one for one in arrived if not one.total.is_positive and one.total]


async def give_back(connected: Connection, note: Arrived, at: datetime) -> None:
    """Booked like a payment that is meant for the corrected bill; what that does not need goes on by the rule.

    What is corrected is disputed no more.
    """
    given = -note.total
    if note.corrects:
        await connected.execute(LESS_DISPUTED, note.corrects, given.cents)
    received = Received(f"credit-note:{note.number}", given, Method.CREDIT_NOTE)
    await book_for(note.account, received, [note.corrects] if note.corrects else [], at=at)


async def with_credit(connected: Connection, arrived: Iterable[Arrived]) -> list[UUID]:
    """Of the accounts with new open bills."""
    owing = {one.account for one in arrived if one.total > one.paid}
    return [row["account"] for row in await connected.fetch(WITH_CREDIT, list(owing))]


TAKE_OVER = """
    WITH paid AS (
        SELECT * FROM unnest(
            $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::timestamptz[]
        ) AS p (payment, allocation, account, bill, external_id, cents, at)
    ), payments AS (
        INSERT INTO payments (id, account, method, external_id, amount_cents, booked_at)
        SELECT payment, account, $8, external_id, cents, at FROM paid
    )
    INSERT INTO allocations (id, payment, bill, amount_cents, at) SELECT allocation, payment, bill, cents, at FROM paid
"""
LESS_DISPUTED = """
    UPDATE bills SET disputed_cents = greatest(0, disputed_cents - $2) WHERE id = $1 AND disputed_cents > 0
"""
WITH_CREDIT = "SELECT DISTINCT account FROM credits WHERE account = ANY ($1) AND amount_cents > 0 ORDER BY account"
