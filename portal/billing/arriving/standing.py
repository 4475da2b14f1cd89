"""What the documents of a chunk speak of, looked up at once: accounts, contracts, lines, fees and other documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from asyncpg import Connection

from portal.billing.arriving.document import Document


class Known(NamedTuple):
    """A document that is here; `digest` is None of one that did not come from the billing system."""

    id: UUID
    account: UUID
    kind: str
    digest: bytes | None


class KnownLine(NamedTuple):
    id: UUID
    account: UUID
    contract: UUID


class KnownContract(NamedTuple):
    id: UUID
    account: UUID


class KnownCharge(NamedTuple):
    """`is_waiting`: no bill holds it, and nobody waived it."""

    account: UUID
    amount_cents: int
    is_waiting: bool


@dataclass
class Standing:
    """Each by what documents call it. Accepting a document adds it, so that the next one sees it."""

    accounts: dict[str, UUID] = field(default_factory=dict)
    contracts: dict[str, KnownContract] = field(default_factory=dict)
    lines: dict[str, KnownLine] = field(default_factory=dict)
    documents: dict[str, Known] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    charges: dict[UUID, KnownCharge] = field(default_factory=dict)

    def remember(self, document: Document, known: Known) -> None:
        self.documents[document.number] = known
        self.references[document.reference] = document.number
        for charge in charges_of(document):
            self.charges[charge] = self.charges[charge]._replace(is_waiting=False)


async def lock_accounts(connected: Connection, numbers: Iterable[str]) -> dict[str, UUID]:
    """All of a chunk's at once and in the order of their ids, so that two imports cannot wait for each other.

    What is owed changes here: nobody may meanwhile book a payment that does not see the new bills.
    """
    rows = await connected.fetch(ACCOUNTS, list(set(numbers)))
    return {row["number"]: row["id"] for row in rows}


async def standing_of(connected: Connection, documents: Sequence[Document]) -> Standing:
    """Locks the accounts and the fees that are named."""
    accounts = await lock_accounts(connected, (document.account for document in documents))
    numbers = {number for document in documents for number in (document.number, document.corrects) if number}
    contracts = {line.contract for document in documents for line in document.lines if line.contract}
    charges = sorted({charge for document in documents for charge in charges_of(document)})
    found = [
        await connected.fetch(CONTRACTS, list(contracts)),
        await connected.fetch(LINES, list({line for document in documents for line in lines_of(document)})),
        await connected.fetch(DOCUMENTS, list(numbers)),
        await connected.fetch(REFERENCES, [document.reference for document in documents]),
        await connected.fetch(CHARGES, charges) if charges else [],
    ]
    return Standing(
        accounts,
        {number: KnownContract(*rest) for number, *rest in found[0]},
        {number: KnownLine(*rest) for number, *rest in found[1]},
        {number: Known(*rest) for number, *rest in found[2]},
        {reference: number for reference, number in found[3]},  # noqa: C416 - records are no pairs to `dict`
        {charge: KnownCharge(*rest) for charge, *rest in found[4]},
    )


def lines_of(document: Document) -> Iterable[str]:
    for part in document.parts:
        if part.line:
            yield part.line


def charges_of(document: Document) -> list[UUID]:
    return [line.charge for line in document.lines if line.charge]


ACCOUNTS = "SELECT number, id FROM accounts WHERE number = ANY ($1) ORDER BY id FOR NO KEY UPDATE"
CONTRACTS = "SELECT number, id, account FROM contracts WHERE number = ANY ($1)"
LINES = "SELECT number, id, account, contract FROM lines WHERE number = ANY ($1)"
DOCUMENTS = "SELECT number, id, account, kind, digest FROM bills WHERE number = ANY ($1)"
REFERENCES = "SELECT reference, number FROM bills WHERE reference = ANY ($1)"
CHARGES = """
    SELECT id, account, amount_cents, bill IS NULL AND waived_at IS NULL FROM charges
    WHERE id = ANY ($1) ORDER BY id FOR UPDATE
"""
