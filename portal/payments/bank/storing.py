"""A chunk of movements as rows: what is there already is known, what fits is booked, the rest waits.

The bank tells of the same money more than once: in the same file again, in a notification (camt.054) and then in the
statement (camt.053), as a whole and with its parts. Each is one row, by our account and the bank's reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from asyncpg import Connection

from portal import clock
from portal.money import Money
from portal.payments.bank.booking_many import Ledgers
from portal.payments.bank.known import BY_ITS_PARTS, Before, as_new, what_is_there
from portal.payments.bank.matching import Ledger, Match, Named, decide, given_references, kept_reference
from portal.payments.bank.movements import WHOLE, Movement
from portal.payments.bank.tables import EntryState, Why


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a movement; `state` None: it was there already."""

    state: EntryState | None
    why: Why | None = None


KNOWN = Stored(None)


async def store(
    connected: Connection, chunk: Sequence[Movement], file: UUID, message: str, at: datetime
) -> list[Stored]:
    """What became of each, in their order. Runs in the caller's transaction."""
    before = await what_is_there(connected, chunk, file, message)
    became: list[Stored | None] = []
    fresh: list[Movement] = []
    for movement in chunk:
        new = as_new(movement, before)
        became.append(None if new else KNOWN)
        fresh += [new] if new else []
    await supersede(connected, fresh, before, at)
    stored = iter(await book_and_write(connected, fresh, file, at))
    return [one or next(stored) for one in became]


async def supersede(connected: Connection, fresh: Sequence[Movement], before: Before, at: datetime) -> None:
    """Entries that wait as a whole are set aside once their transactions are here."""
    parts = {(one.iban, one.entry) for one in fresh if one.entry and one.part != WHOLE}
    waiting = [before.wholes[entry]["id"] for entry in parts if entry in before.wholes]
    if waiting:
        await connected.execute(SUPERSEDE, waiting, at, BY_ITS_PARTS)


async def book_and_write(connected: Connection, fresh: Sequence[Movement], file: UUID, at: datetime) -> list[Stored]:
    given = [given_references(movement) for movement in fresh]
    named = await named_by(connected, {one for some in given for one in some})
    ledgers = await Ledgers.of(connected, {one.account for one in named.values()}, at)
    ledger, today = Ledger(named, ledgers.open_bills), clock.day_of(at)
    rows: list[tuple[Any, ...]] = []
    became: list[Stored] = []
    for movement, references in zip(fresh, given, strict=True):
        entry = uuid_utils.compat.uuid7()
        match = decide(movement, references, ledger, today)
        payment = (
            await ledgers.book(match, f"bank:{entry}", Money(movement.cents)) if isinstance(match, Match) else None
        )
        account = match.account if isinstance(match, Match) else None
        why = None if isinstance(match, Match) else match
        state = EntryState.WAITING if why else EntryState.BOOKED
        rows.append((entry, *columns_of(movement, kept_reference(movement, references)), state, why, account, payment))
        became.append(Stored(state, why))
    await ledgers.write()
    if rows:
        await connected.execute(ENTRIES, *map(list, zip(*rows, strict=True)), file, at)
    return became


async def named_by(connected: Connection, references: set[str]) -> dict[str, Named]:
    """No bill bears an account's reference: theirs are another range of numbers."""
    rows = await connected.fetch(NAMED, list(references)) if references else []
    return {row["reference"]: Named(row["account"], row["bill"]) for row in rows}


def columns_of(movement: Movement, reference: str | None) -> tuple[Any, ...]:
    return (
        movement.iban,
        movement.identity,
        movement.part,
        movement.entry,
        movement.fingerprint,
        movement.booked_on,
        movement.valued_on,
        movement.cents,
        movement.currency,
        movement.is_taken_back,
        reference,
        movement.text,
        movement.payer,
        movement.payer_iban,
        movement.end_to_end,
    )


SUPERSEDE = """
    UPDATE bank_entries SET state = 'set_aside', decided_at = $2, decided_by = $3, reason = 'its transactions came'
    WHERE id = ANY ($1) AND state = 'waiting'
"""
NAMED = """
    SELECT reference, account, id AS bill FROM bills WHERE reference = ANY ($1)
    UNION ALL SELECT reference, id, NULL FROM accounts WHERE reference = ANY ($1)
"""
ENTRIES = """
    INSERT INTO bank_entries (
        id, iban, identity, part, entry, fingerprint, booked_on, valued_on, amount_cents, currency, is_reversal,
        reference, text, payer, payer_iban, end_to_end, state, why, account, payment, file, decided_at
    )
    SELECT e.*, $21, CASE WHEN e.state = 'booked' THEN $22::timestamptz END FROM unnest(
        $1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::date[], $8::date[], $9::bigint[],
        $10::text[], $11::bool[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[],
        $18::text[], $19::uuid[], $20::uuid[]
    ) AS e (
        id, iban, identity, part, entry, fingerprint, booked_on, valued_on, cents, currency, is_reversal,
        reference, text, payer, payer_iban, end_to_end, state, why, account, payment
    )
"""
