"""Telling whoever registered, at the address on record: if it was somebody else, the customer learns of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.messaging.sending import Told, send_email, send_sms
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class Registered:
    """Who registered, and how the customer's record says they are written to."""

    email: str | None
    number: str
    language: str
    customer: UUID


async def tell_of_registration(login: UUID, at: datetime) -> None:
    """After the first sign-in. Who had a login before there was registering is not told of it."""
    for registered in await REGISTERED.all(login=login):
        if registered.email is not None:
            values = {"at": at, "number": registered.number}
            told = Told("registered", registered.language, values, customer=registered.customer, login=login)
            await send_email(told, registered.email, at=at)


async def tell_former(number: str, email: str | None, language: str, customer: UUID, at: datetime) -> None:
    """Whoever was reached for a customer until now that its letter's reader gave another number."""
    told = Told("contact_changed", language, {"what": "number", "changed_at": at}, customer=customer)
    await send_sms(told, number, at=at)
    if email is not None:
        await send_email(told, email, at=at)


REGISTERED = Statement(
    """
    SELECT DISTINCT ON (c.id) c.email, l.contact_number AS number, l.language, c.id AS customer
    FROM registrations r JOIN customers c ON c.id = r.customer JOIN logins l ON l.id = r.login
    WHERE r.login = $1 ORDER BY c.id
    """,
    Registered,
    ("login",),
)
