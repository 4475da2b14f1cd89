"""One process at a time: a lock that the database holds as long as a connection of its own lives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from portal.database import DB


@asynccontextmanager
async def alone(lock: int, somebody_is: Exception) -> AsyncIterator[asyncpg.Connection]:
    """Hold `lock`, any number; raises `somebody_is` where another process does.

    The connection is no pooled one: that would outlive us.
    """
    guard = await asyncpg.connect(**DB.config)
    try:
        if not await guard.fetchval("SELECT pg_try_advisory_lock($1)", lock):
            raise somebody_is
        yield guard
    finally:
        await guard.close()


async def is_still_alone(guard: asyncpg.Connection, lock: int) -> bool:
    """False where the lock went with its connection: another process may have taken over since."""
    try:
        return bool(await guard.fetchval(IS_HELD, lock))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return False


IS_HELD = """
    SELECT EXISTS (SELECT FROM pg_locks
        WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND objid = $1::bigint::oid AND granted)
"""
