"""What the people of the stories ordered: each call writes real rows and returns them."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from itertools import count
from typing import Any

from portal.database import transaction
from portal.signing.envelopes.opening import open_envelope
from portal.signing.tables import Envelope, Order, OrderKind
from tests.people import NOON, Person, a_person, saved

_numbers = count(1)

EXTENSION: dict[str, Any] = {
    "package": {"name": "Paket L", "monthly": "34.99"},
    "commitment_months": 24,
    "commitment_from": "2026-11-21",
    "benefit": {"what": "Popust pri naročnini", "amount": "240.00"},
    "equipment": [{"name": "Telefon Sever 9", "price": "480.00", "instalments": 24, "instalment": "20.00"}],
}
FIXED: dict[str, Any] = {
    "package": {"name": "Kombo M", "monthly": "44.99"},
    "commitment_months": 24,
    "benefit": {"what": "Brezplačen priklop", "amount": "99.00"},
    "services": [{"name": "Statični naslov IP", "monthly": "2.99"}],
    "once": [{"what": "Dostava", "amount": "4.99"}],
    "speeds": {
        "down_min": 250,
        "down_usual": 450,
        "down_max": 500,
        "up_min": 50,
        "up_usual": 90,
        "up_max": 100,
    },
    "installation_address": "Glavna ulica 1, 1000 Ljubljana",
    "starts_on": "2026-12-01",
}
CHANGE: dict[str, Any] = {"changes": [{"what": "Naslov za račune", "before": "Stara cesta 2", "after": "Nova ulica 7"}]}


async def an_order(
    person: Person,
    *,
    kind: OrderKind = OrderKind.EXTENSION,
    placed_at: datetime = NOON,
    terms: dict[str, Any] = EXTENSION,
    **columns: Any,
) -> Order:
    """Without an envelope. An extension of the person's commitment unless `kind` and `terms` say otherwise."""
    number = f"N{next(_numbers):06d}"
    extends = kind == OrderKind.EXTENSION
    row: dict[str, Any] = {
        "number": number,
        "kind": kind,
        "source": "api",
        "digest": hashlib.sha256(number.encode()).digest(),
        "customer": person.customer.id,
        "account": person.account.id,
        "line": person.line.id,
        "contract": person.contract.id if extends else None,
        "signatory": person.customer.name,
        "email": person.customer.email,
        "contact_number": person.customer.contact_number,
        "amount_cents": 131_976 if extends else None,
        "committed_until": date(2028, 11, 20) if extends else None,
        "benefit_cents": 24_000 if extends else 0,
        "terms": json.dumps(terms),
        "placed_at": placed_at,
        "received_at": placed_at,
    }
    return await saved(Order(**(row | columns)))


async def an_envelope(person: Person, *, at: datetime = NOON, **order: Any) -> Envelope:
    """Open, as it is right after an order that was placed at `at`; `order` as for `an_order`."""
    placed = await an_order(person, **{"placed_at": at, **order})
    async with transaction():
        return await open_envelope(placed, at)


async def ana() -> Person:
    """She has a login and signs in her own name."""
    return await a_person("Ana Novak")


async def eva() -> Person:
    """She has no login yet; her number and e-mail address are on record."""
    return await a_person("Eva Zupan", registered=False)
