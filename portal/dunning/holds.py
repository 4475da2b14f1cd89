"""What holds the whole ladder: a deferral, an accepted proof of payment, a payment that waits for the bank or a person.

Payments stand a floor above; what of them holds the ladder is read here, and nothing is imported.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from portal.database import connection


async def is_held(account: UUID, today: date) -> bool:
    async with connection() as connected:
        return bool(await connected.fetchval(IS_HELD, account, today))


def held(account: str, today: str) -> str:
    """The condition in SQL, for an account's column or place and the day's."""
    return f"""(
        EXISTS (SELECT FROM deferrals WHERE account = {account} AND ended_at IS NULL AND until >= {today})
        OR EXISTS (SELECT FROM proofs WHERE account = {account} AND state = 'accepted' AND holds_until >= {today})
        OR EXISTS (SELECT FROM payment_attempts WHERE account = {account} AND state IN ('pending', 'held'))
    )"""  # noqa: S608 - our own words


IS_HELD = f"SELECT {held('$1', '$2')}"
HELD = held("c.account", "$1")
