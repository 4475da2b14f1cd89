"""Accepted documents become rows: by COPY, thousands at a time, in the running transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import uuid_utils.compat
from asyncpg import Connection

from portal.billing.arriving.checking import Accepted
from portal.billing.arriving.standing import Standing
from portal.clock import LJUBLJANA

BILLS = (
    *("id", "account", "kind", "corrects", "number", "reference", "issued_on", "due_on", "period_from", "period_to"),
    *("total_cents", "open_cents", "disputed_cents", "settled_at", "digest"),
)
LINES = (
    *("id", "bill", "position", "contract", "line", "kind", "description", "amount_cents", "vat_percent_tenths"),
    *("instalment", "instalments"),
)
ALLOWANCES = ("id", "bill", "line", "kind", "used", "included")
CALLS = ("id", "bill", "line", "kind", "began_at", "other_party", "place", "quantity", "amount_cents")

Record = tuple[Any, ...]
new_id = uuid_utils.compat.uuid7


async def write(connected: Connection, accepted: Sequence[Accepted], standing: Standing, at: datetime) -> None:
    await copy(connected, "bills", BILLS, [bill(one, at) for one in accepted])
    await copy(connected, "bill_lines", LINES, [line for one in accepted for line in lines(one, standing)])
    allowances = [allowance for one in accepted for allowance in allowances_of(one, standing)]
    await copy(connected, "bill_allowances", ALLOWANCES, allowances)
    await copy(connected, "billed_calls", CALLS, [call for one in accepted for call in calls(one, standing)])
    await bill_charges(connected, accepted)


async def copy(connected: Connection, table: str, columns: Sequence[str], records: list[Record]) -> None:
    if records:
        await connected.copy_records_to_table(table, columns=columns, records=records)


def bill(one: Accepted, at: datetime) -> Record:
    document = one.document
    paid = document.paid.amount if document.paid else 0
    is_open = document.total > paid
    settled_at = None if is_open else noon(document.paid.on) if document.paid else at
    return (
        *(one.id, one.account, document.kind, one.corrects, document.number, document.reference),
        *(document.issued_on, document.due_on, document.period_from, document.period_to),
        *(document.total, document.total - paid if is_open else 0, 0, settled_at, one.digest),
    )


def noon(day: date) -> datetime:
    """A moment for what is known by its day only."""
    return datetime.combine(day, time(12), LJUBLJANA)


def lines(one: Accepted, standing: Standing) -> Iterator[Record]:
    """A line of the account brings its contract, where the document does not name it."""
    for position, line in enumerate(one.document.lines, start=1):
        known = standing.lines[line.line] if line.line else None
        contract = standing.contracts[line.contract].id if line.contract else known and known.contract
        counted = (line.instalment.number, line.instalment.of) if line.instalment else (None, None)
        yield (
            *(new_id(), one.id, position, contract, known and known.id, line.kind, line.description),
            *(line.amount, line.vat, *counted),
        )


def allowances_of(one: Accepted, standing: Standing) -> Iterator[Record]:
    for allowance in one.document.allowances:
        line = line_id(allowance.line, standing)
        yield new_id(), one.id, line, allowance.kind, allowance.used, allowance.included


def calls(one: Accepted, standing: Standing) -> Iterator[Record]:
    for call in one.document.calls:
        line, what = line_id(call.line, standing), (call.began_at, call.other_party, call.place)
        yield new_id(), one.id, line, call.kind, *what, call.quantity, call.amount


def line_id(number: str | None, standing: Standing) -> UUID | None:
    return standing.lines[number].id if number else None


async def bill_charges(connected: Connection, accepted: Sequence[Accepted]) -> None:
    """The fees stand on their bill from now on. They are locked, so that nobody waives them meanwhile."""
    billed = [(line.charge, one.id) for one in accepted for line in one.document.lines if line.charge]
    if billed:
        charges, bills = zip(*billed, strict=True)
        await connected.execute(BILLED, charges, bills)


BILLED = """
    UPDATE charges c SET bill = b.bill FROM unnest($1::uuid[], $2::uuid[]) AS b (charge, bill)
    WHERE c.id = b.charge AND c.bill IS NULL AND c.waived_at IS NULL
"""
