"""One login a number, whoever registers with it at the same time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal.customers.tables import Customer
from portal.database import connection
from portal.rows import NewId


async def login_at(number: str, customer: Customer, language: str, at: datetime) -> tuple[UUID, bool]:
    """The login of a number that was proven, and whether it is new. The address on record becomes its own, unless
    somebody signs in with that already.
    """
    email = customer.email.lower() if customer.email else None
    async with connection() as connected:
        for its_email in (email, None):
            made = await connected.fetchval(MAKE, NewId().python(), number, its_email, customer.name, language, at)
            if made is not None:
                return made, True
            stands = await connected.fetchval("SELECT id FROM logins WHERE contact_number = $1", number)
            if stands is not None:
                return stands, False
    raise AssertionError("only a number or an address can stand in the way")


MAKE = """
    INSERT INTO logins (id, contact_number, email, name, language, created_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id
"""
