"""Documents for a change of a service that binds for months or comes with equipment: fills the port of services."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.clock import day_of
from portal.database import connection
from portal.money import ZERO, Money
from portal.services import catalogue
from portal.services.catalogue import Service
from portal.services.refusals import CallUsForDocuments
from portal.services.tables import Billed, Switch
from portal.signing.envelopes.opening import open_envelope
from portal.signing.orders.terms import Terms, last_day
from portal.signing.pki.authority import NoKeys
from portal.signing.tables import Instead, Order, OrderKind
from portal.statements import Statement


class SwitchDocuments:
    """An order of the portal's own for each switch that has to be signed for."""

    async def prepare(self, switch: UUID, *, at: datetime) -> str:
        """Raises CallUsForDocuments where the link has nowhere to go, or nothing could be signed."""
        asked = await ASKED.first(switch=switch)
        if asked is None or asked.email is None:
            raise CallUsForDocuments
        rows = await Switch.objects().where(Switch.occasion == asked.occasion).order_by(Switch.position)
        order = order_of(asked, rows, at)
        await order.save()
        try:
            envelope = await open_envelope(order, at)
        except NoKeys:
            raise CallUsForDocuments from None
        return f"/documents/{envelope.id}"

    async def are_accepted(self, occasion: UUID) -> bool:
        async with connection() as connected:
            return bool(await connected.fetchval(ARE_ACCEPTED, occasion))


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for a switch and for whom. The name is the customer's, unless that is a company."""

    occasion: UUID
    switch: UUID
    line: UUID
    account: UUID
    customer: UUID
    language: str
    signatory: str
    email: str | None
    contact_number: str | None
    address: str


def order_of(asked: Asked, rows: Sequence[Switch], at: datetime) -> Order:
    asked_for = rows[-1]
    services = {row.id: catalogue.edition(row.catalogue).by_code[row.service] for row in rows}
    words = words_of(asked, rows, services, at).written
    months = services[asked_for.id].commitment_months
    first = asked_for.starts_on or day_of(at)
    return Order(
        number=new_number(),
        kind=OrderKind.ORDER,
        source="portal",
        digest=hashlib.sha256(words.encode()).digest(),
        customer=asked.customer,
        account=asked.account,
        line=asked.line,
        switch=asked.switch,
        language=asked.language,
        signatory=asked.signatory,
        email=asked.email,
        contact_number=asked.contact_number,
        instead=Instead.CANCELLED,
        amount_cents=cost(rows, months).cents,
        committed_until=last_day(first, months) if months else None,
        terms=words,
        placed_at=at,
        received_at=at,
    )


def words_of(asked: Asked, rows: Sequence[Switch], services: dict[UUID, Service], at: datetime) -> Terms:
    """What is bought, on the terms that were shown; what is switched off for it stands as a change."""
    language, asked_for = asked.language, rows[-1]
    on = [(services[row.id].name(language), row) for row in rows if row.is_on]
    off = [services[row.id].name(language) for row in rows if not row.is_on]
    service = services[asked_for.id]
    equipment = service.equipment(language)
    first = (asked_for.starts_on or day_of(at)).isoformat()
    said: dict[str, Any] = {
        "services": [{"name": name, "monthly": row.price.plain} for name, row in on if row.billed != Billed.ONCE],
        "once": [{"what": name, "amount": row.price.plain} for name, row in on if row.billed == Billed.ONCE],
        "equipment": [{"name": equipment, "price": ZERO.plain}] if equipment else [],
        "changes": [{"what": name, "before": name} for name in off],
        "starts_on": first,
        "installation_address": asked.address,
    }
    if service.commitment_months:
        said |= {"commitment_months": service.commitment_months, "commitment_from": first}
    return Terms.model_validate_json(json.dumps(said))


def cost(rows: Sequence[Switch], months: int | None) -> Money:
    """What it comes to in all: every month of the commitment, or one where there is none."""
    return Money.sum(
        Money(row.price_cents * (months or 1)) if row.billed == Billed.MONTHLY else row.price
        for row in rows
        if row.is_on
    )


def new_number() -> str:
    """`P-7K2M94QX`: of the portal's own orders."""
    return f"P-{base64.b32encode(secrets.token_bytes(5)).decode()}"


ARE_ACCEPTED = """
    SELECT EXISTS (
        SELECT FROM switches s JOIN orders o ON o.switch = s.id JOIN envelopes e ON e."order" = o.id
        WHERE s.occasion = $1 AND e.state IN ('accepted', 'signed')
    )
"""
# Of the portal's own way to sign: the asker's number and address, else those on record.
ASKED = Statement(
    """
    SELECT s.occasion, s.id AS switch, n.id AS line, a.id AS account, c.id AS customer,
           coalesce(l.language, c.language) AS language,
           CASE WHEN c.kind = 'company' THEN coalesce(l.name, c.name) ELSE c.name END AS signatory,
           coalesce(l.email, c.email) AS email, coalesce(l.contact_number, c.contact_number) AS contact_number,
           c.street || ', ' || c.postcode || ' ' || c.city AS address
    FROM switches s JOIN lines n ON n.id = s.line JOIN accounts a ON a.id = n.account
    JOIN customers c ON c.id = a.customer LEFT JOIN logins l ON l.id = s.asked_by
    WHERE s.id = $1
    """,
    Asked,
    ("switch",),
)
