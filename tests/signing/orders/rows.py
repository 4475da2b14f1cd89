"""Orders as the sales system writes them, and looking at what became of them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from portal.messaging.tables import Message
from portal.signing.orders.faults import Faulty, read
from portal.signing.orders.feed import Arrived
from portal.signing.orders.taking import Source, Taken, take
from portal.signing.tables import Envelope, Order
from tests.people import NOON, Person
from tests.signing.people import CHANGE, EXTENSION, FIXED

_numbers = count(1)

Row = dict[str, Any]


def of(person: Person, **more: Any) -> Row:
    """An extension of the person's commitment, placed an hour before noon, unless `more` says otherwise."""
    return {
        "number": f"N-2026-{next(_numbers):06d}",
        "kind": "extension",
        "placed_at": "2026-11-21T10:00:00Z",
        "customer": person.customer.number,
        "account": person.account.number,
        "contract": person.contract.number,
        "line": person.line.number,
        "signatory": person.customer.name,
        "email": person.customer.email,
        "amount": "1319.76",
        "terms": EXTENSION,
    } | more


def fixed(person: Person, **more: Any) -> Row:
    return without(of(person, kind="fixed", terms=FIXED, instead="courier"), "contract", "line", "amount") | more


def change(person: Person, **more: Any) -> Row:
    """Without financial impact."""
    row = without(of(person, kind="change", terms=CHANGE, needs_signature=False), "contract", "line", "amount")
    return row | more


def of_newcomer(**more: Any) -> Row:
    """Jure's first order: a mobile contract, for which he was not identified yet."""
    return {
        "number": f"N-2026-{next(_numbers):06d}",
        "kind": "mobile",
        "placed_at": "2026-11-21T10:00:00Z",
        "new_customer": {
            "number": "1990001",
            "name": "Jure Petek",
            "tax_number": "12345678",
            "contact_number": "+38641999001",
            "email": "jure@example.test",
            "street": "Na bregu 8",
            "postcode": "1000",
            "city": "Ljubljana",
            "account": "2990001",
        },
        "signatory": "Jure Petek",
        "email": "jure@example.test",
        "identification": {"state": "awaited"},
        "terms": {"package": {"name": "Mobilni M", "monthly": "34.99"}, "commitment_months": 24},
    } | more


def without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def packed(row: Row) -> bytes:
    return json.dumps(row).encode()


def arrived(row: Row) -> Arrived:
    return read(packed(row))


async def taken(row: Row, *, at: datetime = NOON, source: Source = Source.IMPORT) -> Taken:
    return await take(arrived(row), source=source, at=at)


async def faults_of(row: Row, *, at: datetime = NOON) -> list[str]:
    """The fields that are at fault; none: it was taken."""
    try:
        await taken(row, at=at)
    except Faulty as no:
        return [fault.field for fault in no.faults]
    return []


async def order_of(row: Row) -> Order:
    order = await Order.objects().get(Order.number == row["number"])
    assert order is not None
    return order


async def envelope_of(row: Row) -> Envelope | None:
    return await Envelope.objects().get(Envelope.order == (await order_of(row)).id)


async def messages(to: str) -> list[str]:
    """What went there, by its templates."""
    return (
        await Message.select(Message.template)
        .where(Message.recipient == to)
        .order_by("created_at")
        .output(as_list=True)
    )


def an_hour(count: int = 1) -> timedelta:
    return timedelta(hours=count)
