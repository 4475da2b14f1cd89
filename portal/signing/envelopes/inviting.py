"""The messages that lead to an envelope. Each carries a link of its own, of whose token only the hash is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal import phone
from portal.customers.tables import Customer
from portal.database import connection
from portal.messaging.sending import Told, send_email, send_sms
from portal.settings import settings
from portal.signing.envelopes.names import is_same_name
from portal.signing.tables import Envelope, Identification, Order, SigningLink
from portal.web import tokens

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """A link and the messages that brought it; `sms` is None where no number takes one, or at night."""

    link: UUID
    email: UUID | None
    sms: UUID | None


async def invite(envelope: Envelope, order: Order, titles: Sequence[str], at: datetime) -> Sent:
    """The link by e-mail, announced by SMS: at once, also at night, because it follows what was just ordered."""
    token = tokens.new_token()
    link = SigningLink(envelope=envelope.id, token_hash=tokens.hashed(token), made_at=at)
    await link.save()
    customer = await Customer.objects().get(Customer.id == order.customer)
    assert customer is not None, "an order has a customer"
    values = of_envelope(envelope, order, titles) | {
        "hours": hours_left(envelope, at),
        "is_registered": await is_registered(order),
        "customer_number": customer.number,
    }
    told = told_of("documents_to_sign", envelope, order, values)
    return Sent(link.id, await send_link(told, order, token, at), await announce(told, order, at))


def told_of(template: str, envelope: Envelope, order: Order, values: dict[str, Any], occasion: str = "") -> Told:
    """Nothing of it is sent when the time is over. `occasion`: where the same message can come more than once."""
    once = f"{template}:{envelope.id}:{occasion}"
    return Told(template, order.language, values, customer=order.customer, once=once, expires_at=envelope.expires_at)


def of_envelope(envelope: Envelope, order: Order, titles: Sequence[str]) -> dict[str, Any]:
    return {
        "documents": list(titles),
        "until": envelope.expires_at,
        "needs_identification": order.identification == Identification.AWAITED,
    }


def hours_left(envelope: Envelope, at: datetime) -> int:
    """To the nearest full hour, at least one."""
    return max(round((envelope.expires_at - at) / HOUR), 1)


async def send_link(told: Told, order: Order, token: str, at: datetime) -> UUID | None:
    """By e-mail, of which nothing is kept once it was sent."""
    values = dict(told.values) | {"link": settings().link(f"/sign/{token}")}
    return await send_email(replace(told, values=values, is_secret=True), order.email, at=at)


async def announce(told: Told, order: Order, at: datetime) -> UUID | None:
    """By SMS, where the number takes one. It carries no link: that is in the e-mail."""
    if order.contact_number is None or not phone.is_slovenian_mobile(order.contact_number):
        return None
    return await send_sms(told, order.contact_number, at=at)


async def is_registered(order: Order) -> bool:
    """Whether whoever is to sign has a login already."""
    async with connection() as connected:
        names = await connected.fetch(NAMES, order.customer)
    return any(is_same_name(row["name"], order.signatory) for row in names)


NAMES = "SELECT l.name FROM logins l JOIN accesses x ON x.login = l.id WHERE x.customer = $1"
