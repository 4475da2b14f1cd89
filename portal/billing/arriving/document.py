"""A document of the billing system, one a line of NDJSON: the format of docs/bills.md, and the source of its schema."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from portal.billing.tables import BillKind, BillLineKind
from portal.customers.quantities import AllowanceKind, CallKind
from portal.ndjson.hiding import known
from portal.ndjson.values import (
    ACCOUNT_NUMBER,
    NUMBER,
    Cents,
    Count,
    Day,
    LineNumber,
    Moment,
    OtherParty,
    Part,
    Reference,
    Tenths,
    text,
)

MOST_LINES = 5_000
MOST_CALLS = 100_000

Number = Annotated[str, StringConstraints(pattern=NUMBER)]
AccountNumber = Annotated[str, StringConstraints(pattern=ACCOUNT_NUMBER)]


class Instalment(Part):
    """The 7th of 24."""

    number: int = Field(ge=1, le=999)
    of: int = Field(ge=1, le=999)


class DocumentLine(Part):
    """A position, in the order of the printed document."""

    kind: BillLineKind
    description: Annotated[str, text(200)]
    amount: Cents
    vat: Tenths
    contract: AccountNumber | None = Field(default=None, description="Number of a contract of the account.")
    line: LineNumber | None = Field(default=None, description="E.164 number or code of a line of the account.")
    instalment: Instalment | None = None
    charge: UUID | None = Field(default=None, description="Of a fee that `portal bills charges` gave out.")


class Allowance(Part):
    """What was used of what is included: calls in seconds, messages in messages, data in bytes."""

    kind: AllowanceKind
    line: LineNumber | None = None
    used: Count
    included: Count | None = Field(default=None, description="Left out: without a limit.")


class Call(Part):
    """A row of an itemised bill. The portal does not keep the last three digits of the other number."""

    kind: CallKind
    line: LineNumber | None = None
    began_at: Moment
    other_party: OtherParty | None = None
    place: Annotated[str, text(60)] | None = Field(default=None, description="Network or country.")
    quantity: Count = Field(description="Seconds, messages or bytes.")
    amount: Cents


class Paid(Part):
    """What had been paid of it before the portal took over its account."""

    amount: Cents
    on: Day


class Document(Part):
    """A bill, a credit note (dobropis) or a debit note (bremepis)."""

    model_config = ConfigDict(title="A document for `portal bills import`: one a line")

    number: Number
    kind: BillKind
    account: AccountNumber
    reference: Reference = Field(description="SI12 with its check digit; 8… is for accounts and 9… for claims.")
    issued_on: Day
    due_on: Day
    period_from: Day
    period_to: Day
    total: Cents
    lines: list[DocumentLine] = Field(max_length=MOST_LINES)
    corrects: Number | None = Field(default=None, description="Of a note: the number of what it corrects.")
    allowances: list[Allowance] = Field(default=[], max_length=MOST_LINES)
    calls: list[Call] = Field(default=[], max_length=MOST_CALLS)
    paid: Paid | None = None
    notify_customer: bool = Field(default=True, alias="notify", description="false: nobody is told of its arrival.")

    @property
    def parts(self) -> tuple[DocumentLine | Allowance | Call, ...]:
        """All that may be of one line of the account."""
        return (*self.lines, *self.allowances, *self.calls)

    @property
    def digest(self) -> bytes:
        """By which its content is known again: of all that the portal keeps, so that it gives away nothing more.

        What has its default is left out, so that a field that is new one day changes the digest of no old document.
        The order of the fields is part of it: a new one goes to the end.
        """
        content = self.model_dump_json(exclude_defaults=True, exclude={"notify_customer"})
        return hashlib.sha256(content.encode()).digest()


KNOWN = known(
    *(Document, DocumentLine, Instalment, Allowance, Call, Paid),
    parts=frozenset({"lines", "instalment", "allowances", "calls", "paid"}),
)
"""What of a document may be set aside."""


def schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12. Sums, days in their order, check digits and what exists are beyond it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Document.model_json_schema()}
