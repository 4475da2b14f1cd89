"""Documents as a billing system writes them, and the way they come in."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from portal import reference
from portal.billing.arriving.importing import import_documents
from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.ndjson.chunks import Chunk
from portal.ndjson.rows import rows_of
from portal.payments.following_bills import follow_bills
from tests.people import NOON, TODAY, Person

_numbers = count(1)

Document = dict[str, Any]


def a_document(account: Account, total: str = "32.46", **changes: Any) -> Document:
    """A bill of November with one line, unless `changes` say otherwise."""
    n = next(_numbers)
    document = {
        "number": f"N{n:08d}",
        "kind": "bill",
        "account": account.number,
        "reference": reference.si12(300_000_000_000 + n),
        "issued_on": "2026-11-20",
        "due_on": "2026-12-08",
        "period_from": "2026-10-20",
        "period_to": "2026-11-19",
        "total": total,
        "lines": [a_line(total)],
    }
    return document | changes


def a_line(amount: str = "32.46", **changes: Any) -> Document:
    return {"kind": "subscription", "description": "Naročnina", "amount": amount, "vat": "22"} | changes


def a_credit_note(account: Account, total: str = "-5.00", **changes: Any) -> Document:
    return a_document(account, total, kind="credit_note", due_on="2026-11-20", **changes)


def everything_on_a_bill(ana: Person) -> Document:
    """A bill that uses every field of the format."""
    line, contract = ana.line.number, ana.contract.number
    return a_document(
        ana.account,
        "58.98",
        lines=[
            a_line("34.99", contract=contract, line=line),
            a_line("24.99", kind="instalment", line=line, instalment={"number": 7, "of": 24}),
            a_line("-1.00", kind="discount", vat="9.5"),
        ],
        allowances=[
            {"kind": "calls", "line": line, "used": 7320, "included": 60000},
            {"kind": "messages", "line": line, "used": 41},
        ],
        calls=[
            {
                "kind": "call",
                "line": line,
                "began_at": "2026-11-03T18:20:05+01:00",
                "quantity": 312,
                "other_party": "+38640123456",
                "place": "Slovenija",
                "amount": "0.36",
            }
        ],
    )


def packed(documents: Iterable[Document | bytes | str]) -> bytes:
    """A file of them."""
    return b"\n".join(
        one if isinstance(one, bytes) else (one if isinstance(one, str) else json.dumps(one)).encode()
        for one in documents
    )


async def bring_in(
    *documents: Document | bytes | str, today: date = TODAY, at: datetime = NOON, is_dry: bool = False
) -> Chunk:
    """What became of them all."""
    done = Chunk()
    rows = rows_of(io.BytesIO(packed(documents)))
    async for chunk in import_documents(rows, follow_bills, today=today, at=at, is_dry=is_dry):
        done.arrived += chunk.arrived
        done.already += chunk.already
        done.set_aside += chunk.set_aside
    return done


async def refused(*documents: Document | bytes | str) -> str:
    """Why the last of them does not come in; those before it do."""
    done = await bring_in(*documents)
    assert len(done.set_aside) == 1, done
    assert done.set_aside[0].line == len(documents)
    return done.set_aside[0].reason


async def bill(document: Document) -> Bill:
    found = await Bill.objects().where(Bill.number == document["number"]).first()
    assert found is not None, document["number"]
    return found


async def numbers() -> Sequence[str]:
    return await Bill.select(Bill.number).order_by(Bill.number).output(as_list=True)
