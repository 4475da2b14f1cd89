"""What a receiver is told of a debt, and of one that was paid since: a line of JSON each.

The format is `docs/handover.schema.json`. Money is a string, so that no reader makes a float of it; days are ISO days
of Europe/Ljubljana. The order of the keys is fixed: the same debt is the same bytes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from asyncpg import Connection, Record

from portal import clock
from portal.billing.open_items import IS_OWED
from portal.money import Money

Grouped = Mapping[UUID, list[Record]]


async def statements(connected: Connection, handovers: list[UUID], at: datetime) -> dict[UUID, str]:
    """Handover → its line of `debts.ndjson`, as things stand."""
    heads = await connected.fetch(HEADS, handovers)
    accounts, cases = [head["account"] for head in heads], [head["case"] for head in heads]
    bills = grouped("account", await connected.fetch(BILLS, accounts, clock.day_of(at)))
    contracts = grouped("case", await connected.fetch(CONTRACTS, cases))
    notices = grouped("case", await connected.fetch(NOTICES, cases))
    return {
        head["id"]: line(debt(head, bills[head["account"]], contracts[head["case"]], notices[head["case"]]))
        for head in heads
    }


def grouped(key: str, rows: Iterable[Record]) -> Grouped:
    groups: dict[UUID, list[Record]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def line(said: Mapping[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False)


def debt(head: Record, bills: list[Record], contracts: list[Record], notices: list[Record]) -> dict[str, Any]:
    return {
        "case": str(head["case"]),
        "decided_on": day(clock.day_of(head["at"])),
        "customer": {name: head[name] for name in CUSTOMER},
        "account": head["account_number"],
        "contracts": [ended(row) for row in contracts],
        "bills": [open_bill(row) for row in bills],
        "benefits": [benefit(row) for row in contracts if row["back_cents"]],
        "notices": [notice(row) for row in notices],
        "total": Money(sum(row["cents"] for row in bills)).plain,
    }


def ended(row: Record) -> dict[str, Any]:
    return {
        "number": row["number"],
        "package": row["package"],
        "concluded_on": day(row["concluded_on"]),
        "ended_on": day(row["ended_on"]),
    }


def open_bill(row: Record) -> dict[str, Any]:
    """`open`: what is overdue of it and not disputed."""
    return {
        "number": row["number"],
        "reference": row["reference"],
        "issued_on": day(row["issued_on"]),
        "due_on": day(row["due_on"]),
        "open": Money(row["cents"]).plain,
    }


def benefit(row: Record) -> dict[str, Any]:
    """How the claim among the bills comes about."""
    return {
        "contract": row["number"],
        "claim": row["claim"],
        "received": Money(row["received_cents"]).plain,
        "bound_days": row["bound_days"],
        "days_left": row["days_left"],
        "back": Money(row["back_cents"]).plain,
    }


def notice(row: Record) -> dict[str, Any]:
    return {
        "step": row["step"],
        "sent_on": day(clock.day_of(row["at"])),
        "delivered_on": day(row["delivered_on"]),
        "last_day": day(row["last_day"]),
    }


def withdrawn(row: Record) -> str:
    """A line of `withdrawn.ndjson`: the receiver stops, for it was paid."""
    return line(
        {
            "case": str(row["case"]),
            "batch": row["batch"],
            "customer": row["customer"],
            "account": row["account"],
            "settled_on": day(clock.day_of(row["settled_at"])),
            "reason": "paid",
        }
    )


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


CUSTOMER = ("number", "kind", "name", "tax_number", "street", "postcode", "city", "language")
HEADS = """
    SELECT h.id, h.at, h.account, h.dunning_case AS case, a.number AS account_number,
           c.number, c.kind, c.name, c.tax_number, c.street, c.postcode, c.city, c.language
    FROM handovers h JOIN accounts a ON a.id = h.account JOIN customers c ON c.id = a.customer
    WHERE h.id = ANY ($1)
"""
BILLS = f"""
    SELECT account, number, reference, issued_on, due_on, open_cents - disputed_cents AS cents FROM bills
    WHERE account = ANY ($1) AND {IS_OWED} AND due_on < $2
    ORDER BY account, due_on, number
"""  # noqa: S608 - our own words
CONTRACTS = """
    SELECT t.dunning_case AS case, t.ended_on, c.number, c.concluded_on, p.name AS package,
           b.number AS claim, e.received_cents, e.bound_days, e.days_left, e.back_cents
    FROM terminations t
    JOIN ended_contracts e ON e.termination = t.id
    JOIN contracts c ON c.id = e.contract
    JOIN packages p ON p.id = c.package
    LEFT JOIN bills b ON b.id = t.claim
    WHERE t.dunning_case = ANY ($1) AND t.reversed_at IS NULL
    ORDER BY t.dunning_case, c.number
"""
NOTICES = """
    SELECT dunning_case AS case, step, at, delivered_on, last_day FROM notices
    WHERE dunning_case = ANY ($1) ORDER BY dunning_case, at, id
"""
