"""A document against what is here: its account, contracts and lines, the document it corrects, the fees it bills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import uuid_utils.compat

from portal.billing.arriving.document import Document, DocumentLine
from portal.billing.arriving.standing import Known, Standing, charges_of
from portal.billing.tables import BillKind
from portal.ndjson.parsing import BadRow


@dataclass(frozen=True, slots=True)
class Accepted:
    """A document that will be written, with the ids that its account and what it corrects have here."""

    id: UUID
    account: UUID
    corrects: UUID | None
    digest: bytes
    document: Document


class WouldBe:
    """What a dry run would have written so far, which the documents after it refer to and must not repeat."""

    def __init__(self) -> None:
        self.standing = Standing()

    def add(self, accepted: Sequence[Accepted], standing: Standing) -> None:
        for one in accepted:
            self.standing.charges |= {charge: standing.charges[charge] for charge in charges_of(one.document)}
            self.standing.remember(one.document, standing.documents[one.document.number])

    def overrule(self, standing: Standing) -> None:
        standing.documents |= self.standing.documents
        standing.references |= self.standing.references
        standing.charges |= self.standing.charges


def accept(document: Document, standing: Standing) -> Accepted | None:
    """None: it is here already, just as it comes. Raises BadRow."""
    digest, known = document.digest, standing.documents.get(document.number)
    if known is not None:
        if known.digest == digest:
            return None
        raise BadRow(f"{document.number} is here with other content: a correction is a document of its own")
    account = standing.accounts.get(document.account)
    if account is None:
        raise BadRow(f"there is no account {document.account}")
    for fault in faults(document, account, standing):
        raise BadRow(fault)
    corrects = standing.documents[document.corrects].id if document.corrects else None
    accepted = Accepted(uuid_utils.compat.uuid7(), account, corrects, digest, document)
    standing.remember(document, Known(accepted.id, account, document.kind, digest))
    return accepted


def faults(document: Document, account: UUID, standing: Standing) -> Iterator[str]:
    if document.reference in standing.references:
        yield f"the reference is that of {standing.references[document.reference]}"
    if document.corrects:
        yield from faults_of_correction(document.corrects, account, standing)
    for place, line in enumerate(document.lines):
        for fault in faults_of_line(line, account, standing):
            yield f"lines[{place}]: {fault}"
    for part in document.parts:
        if part.line and not is_of(account, part.line, standing):
            yield f"the account has no line {part.line}"


def faults_of_correction(number: str, account: UUID, standing: Standing) -> Iterator[str]:
    corrected = standing.documents.get(number)
    if corrected is None or corrected.account != account:
        yield f"the account has no bill {number} to correct; a correction comes after it"
    elif corrected.kind == BillKind.CREDIT_NOTE:
        yield f"{number} is a credit note, which nothing corrects"


def faults_of_line(line: DocumentLine, account: UUID, standing: Standing) -> Iterator[str]:
    contract = standing.contracts.get(line.contract) if line.contract else None
    if line.contract and (contract is None or contract.account != account):
        yield f"the account has no contract {line.contract}"
    known = standing.lines.get(line.line) if line.line else None
    if contract and known and known.contract != contract.id:
        yield f"line {line.line} is not of contract {line.contract}"
    if line.charge:
        yield from faults_of_charge(line.charge, line.amount, account, standing)


def faults_of_charge(charge: UUID, cents: int, account: UUID, standing: Standing) -> Iterator[str]:
    known = standing.charges.get(charge)
    if known is None or known.account != account:
        yield f"the account has no fee {charge}"
    elif not known.is_waiting:
        yield f"the fee {charge} waits no more: it is billed or waived"
    elif known.amount_cents != cents:
        yield f"the fee {charge} is of another amount"


def is_of(account: UUID, line: str, standing: Standing) -> bool:
    known = standing.lines.get(line)
    return known is not None and known.account == account
