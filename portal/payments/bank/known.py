"""Which movements are known already: the bank tells of the same money in more than one file, and in other words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from asyncpg import Connection, Record

from portal.payments.bank.matching import given_references, kept_reference
from portal.payments.bank.movements import WHOLE, Movement
from portal.payments.bank.tables import EntryState, Why

Key = tuple[str, str, int]
BY_ITS_PARTS = "import"
"""Who set aside an entry that had come as a whole."""


class Seen(NamedTuple):
    """A movement that is there under the same name, by what has to be the same if it is the same money."""

    file: UUID
    fingerprint: str
    booked_on: date
    cents: int
    currency: str
    reference: str | None
    payer_iban: str | None
    end_to_end: str | None

    @classmethod
    def from_movement(cls, movement: Movement, file: UUID) -> Seen:
        return cls(
            file,
            movement.fingerprint,
            movement.booked_on,
            movement.cents,
            movement.currency,
            kept_reference(movement, given_references(movement)),
            movement.payer_iban,
            movement.end_to_end,
        )

    def is_told_again_by(self, other: Seen) -> bool:
        """Two messages may say more or less of the same money; one file that says different things means two."""
        if self.file == other.file:
            return self.fingerprint == other.fingerprint
        return self.booked_on == other.booked_on and self.has_amount_of(other) and not self.contradicts(other)

    def may_be_told_by(self, other: Seen) -> bool:
        return self.file != other.file and (self.has_amount_of(other) or not self.contradicts(other))

    def has_amount_of(self, other: Seen) -> bool:
        return (self.cents, self.currency) == (other.cents, other.currency)

    def contradicts(self, other: Seen) -> bool:
        """Both say from whom or for what it is, and not the same: banks give one reference to different money."""
        said = zip(self[-3:], other[-3:], strict=True)
        return any(one and another and one != another for one, another in said)


@dataclass
class Before:
    """What the database holds that these movements of a file may tell of again. `parted`: what the transactions of an
    entry sum to; `lookalikes`: how many of the bank's other message look the same.
    """

    file: UUID
    rows: dict[Key, Seen]
    wholes: dict[tuple[str, str], Record]
    parted: Counter[tuple[str, str]]
    lookalikes: Counter[str]


async def what_is_there(connected: Connection, chunk: Sequence[Movement], file: UUID, message: str) -> Before:
    keys = {key_of(name) for movement in chunk for name in (movement, told_apart(movement))}
    found = await connected.fetch(ROWS, *map(list, zip(*keys, strict=True)))
    wholes = await connected.fetch(WHOLES, *entries_of(chunk))
    parted = await connected.fetch(PARTED, *entries_of(one for one in chunk if one.part == WHOLE))
    others = await connected.fetch(LOOKALIKES, [one.fingerprint for one in chunk], f"{message[:8]}%")
    return Before(
        file=file,
        rows={(iban, identity, part): Seen(*seen) for iban, identity, part, *seen in found},
        wholes={(row["iban"], row["entry"]): row for row in wholes},
        parted=Counter({(row["iban"], row["entry"]): row["cents"] for row in parted}),
        lookalikes=Counter({row["fingerprint"]: row["count"] for row in others}),
    )


def entries_of(movements: Iterable[Movement]) -> tuple[list[str], list[str]]:
    """Our accounts and the bank's references of their entries, as two columns."""
    found = {(one.iban, one.entry) for one in movements if one.entry}
    return [iban for iban, _ in found], [entry for _, entry in found]


def key_of(movement: Movement) -> Key:
    return movement.iban, movement.identity, movement.part


def told_apart(movement: Movement) -> Movement:
    """Under a name of its own, where the bank gave its reference to other money before."""
    return replace(movement, identity=f"{movement.identity}~{movement.fingerprint}", part=0)


def as_new(movement: Movement, before: Before) -> Movement | None:
    """None: it is there already. What may be the same money under another name waits for a person."""
    told, is_doubtful = Seen.from_movement(movement, before.file), False
    seen = before.rows.get(key_of(movement))
    if seen is not None and not seen.is_told_again_by(told):
        is_doubtful = seen.may_be_told_by(told)
        movement = told_apart(movement)
        seen = before.rows.get(key_of(movement))
    is_doubtful |= before.lookalikes[movement.fingerprint] > 0
    before.lookalikes[movement.fingerprint] -= 1
    if seen is not None or is_told_otherwise(movement, before):
        return None
    before.rows[key_of(movement)] = told
    is_doubtful |= is_told_in_part(movement, before)
    return replace(movement, why=Why.PERHAPS_TWICE) if is_doubtful and not movement.why else movement


def is_told_otherwise(movement: Movement, before: Before) -> bool:
    """An entry whose transactions are there; or a transaction of an entry that is booked as a whole."""
    if movement.entry is None:
        return False
    entry = (movement.iban, movement.entry)
    if movement.part == WHOLE:
        return before.parted[entry] == (-movement.cents if movement.is_taken_back else movement.cents)
    whole = before.wholes.get(entry)
    return whole is not None and whole["state"] in (EntryState.BOOKED, EntryState.ASSIGNED)


def is_told_in_part(movement: Movement, before: Before) -> bool:
    """An entry of which some transactions are there; or a transaction of an entry that a person has set aside."""
    if movement.entry is None:
        return False
    entry = (movement.iban, movement.entry)
    if movement.part == WHOLE:
        return entry in before.parted
    whole = before.wholes.get(entry)
    return whole is not None and whole["state"] == EntryState.SET_ASIDE and whole["decided_by"] != BY_ITS_PARTS


ROWS = """
    SELECT iban, identity, part, file, fingerprint, booked_on, amount_cents, currency, reference, payer_iban, end_to_end
    FROM bank_entries
    WHERE (iban, identity, part) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::int[]))
"""
# Locked, so that nobody decides an entry as a whole while its transactions are booked.
WHOLES = f"""
    SELECT id, iban, entry, state, decided_by FROM bank_entries
    WHERE (iban, entry) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND part = {WHOLE}
    ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608 - our own number
PARTED = f"""
    SELECT iban, entry, sum(CASE WHEN is_reversal THEN -amount_cents ELSE amount_cents END)::bigint AS cents
    FROM bank_entries
    WHERE (iban, entry) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND part <> {WHOLE}
    GROUP BY iban, entry
"""  # noqa: S608 - our own number
LOOKALIKES = """
    SELECT e.fingerprint, count(*)::int FROM bank_entries e JOIN bank_files f ON f.id = e.file
    WHERE e.fingerprint = ANY ($1) AND f.message NOT LIKE $2 GROUP BY e.fingerprint
"""
