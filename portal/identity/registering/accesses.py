"""Who sees which customer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal.database import connection
from portal.identity.registering.welcoming import end_letters
from portal.identity.tables import Access


async def give_access(login: UUID, customer: UUID, at: datetime) -> None:
    """Once, however often it is given. Whoever signs in needs no welcome letter: one that lies about opens nothing."""
    access = Access(login=login, customer=customer)
    await Access.insert(access).on_conflict((Access.login, Access.customer), "DO NOTHING")
    await end_letters(customer, at)


async def has_password_and_access(login: UUID, customer: UUID) -> bool:
    async with connection() as connected:
        return bool(await connected.fetchval(BOTH, login, customer))


BOTH = """
    SELECT EXISTS (SELECT FROM passwords WHERE login = $1)
       AND EXISTS (SELECT FROM accesses WHERE login = $1 AND customer = $2)
"""
