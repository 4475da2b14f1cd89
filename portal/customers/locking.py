"""The lock of an account: whoever changes what it owes, or acts on that, takes it first."""

from __future__ import annotations

from uuid import UUID

from asyncpg import Connection


async def lock_account(connected: Connection, account: UUID) -> None:
    """Hold the account's row to the end of the running transaction, so that they do it one after the other.

    Not its key: rows that refer to the account can be written meanwhile by who does not ask what it owes.
    """
    await connected.execute("SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE", account)
