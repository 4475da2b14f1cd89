"""From the bytes of one line to a document that is right in itself, or a reason why it is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from portal.billing.arriving.document import Document
from portal.billing.tables import BillKind, BillLineKind
from portal.money import Money
from portal.ndjson import parsing
from portal.ndjson.parsing import BadRow

FIRST_DAY = date(2000, 1, 1)
AHEAD = timedelta(days=31)
ONE_DAY = timedelta(days=1)
LONGEST = timedelta(days=366)
"""Of a period, and of the time to pay."""


def parse(row: bytes | None, today: date) -> Document:
    """Raises BadRow with the first thing that is wrong. None: the row was too long to be read."""
    document = parsing.parse(row, Document.model_validate_json)
    for fault in faults(document, today):
        raise BadRow(fault)
    return document


def faults(document: Document, today: date) -> Iterator[str]:
    """What is wrong although each field by itself is right."""
    yield from faults_of_days(document, today)
    yield from faults_of_sums(document)
    yield from faults_of_kind(document)
    yield from faults_of_parts(document)


def faults_of_days(document: Document, today: date) -> Iterator[str]:
    if not FIRST_DAY <= document.issued_on <= today + AHEAD:
        yield f"issued_on lies before {FIRST_DAY} or more than {AHEAD.days} days ahead"
    if not timedelta() <= document.due_on - document.issued_on <= LONGEST:
        yield "due_on lies before issued_on or more than a year after it"
    if not FIRST_DAY <= document.period_from <= document.period_to <= document.period_from + LONGEST:
        yield "the period ends before it begins or is longer than a year"
    if document.paid and not FIRST_DAY <= document.paid.on <= today:
        yield f"paid.on lies before {FIRST_DAY} or ahead"


def faults_of_sums(document: Document) -> Iterator[str]:
    together = Money(sum(line.amount for line in document.lines))
    if together.cents != document.total:
        yield f"the lines add up to {together.plain}, not to the total"
    if (document.kind is BillKind.CREDIT_NOTE) != (document.total < 0):
        yield "the total of a credit note is below zero, that of a bill or debit note is not"
    if document.paid and not 0 < document.paid.amount <= max(0, document.total):
        yield "paid.amount is more than zero and at most the total; nothing is paid of a credit note"


def faults_of_kind(document: Document) -> Iterator[str]:
    if document.kind is BillKind.BILL and document.corrects:
        yield "a bill corrects nothing: a credit note or a debit note does"
    if document.corrects == document.number:
        yield "it cannot correct itself"


def faults_of_parts(document: Document) -> Iterator[str]:
    if any(line.instalment and line.instalment.number > line.instalment.of for line in document.lines):
        yield "an instalment's number is more than there are"
    if any(not FIRST_DAY <= call.began_at.date() <= document.issued_on + ONE_DAY for call in document.calls):
        yield f"a call began before {FIRST_DAY} or after issued_on"
    counted = [(allowance.line, allowance.kind) for allowance in document.allowances]
    if len(counted) != len(set(counted)):
        yield "an allowance stands twice: once a line and kind"
    charged = [line for line in document.lines if line.charge]
    if len(charged) != len({line.charge for line in charged}):
        yield "a charge stands twice"
    if any(line.kind is not BillLineKind.FEE for line in charged) or (charged and document.total < 0):
        yield "only a line of kind fee on a bill or debit note names a charge"
