"""Our transaction gives its connection back whatever happens (Piccolo's own does not)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from portal.database import connection, pool, transaction
from portal.limits import Counter


async def whole_pool() -> bool:
    """Every connection of the pool can be had at once."""
    async with asyncio.timeout(5):
        taken = [await pool().acquire() for _ in range(pool().get_max_size())]
    for one in taken:
        await pool().release(one)
    return True


async def test_failures_at_commit_leave_the_pool_whole(database: str) -> None:
    async with connection() as connected:
        await connected.execute("CREATE TABLE IF NOT EXISTS late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")

    for _ in range(pool().get_max_size() + 2):
        with pytest.raises(asyncpg.UniqueViolationError):
            async with transaction() as connected:
                await connected.execute("INSERT INTO late VALUES (1), (1)")

    assert await whole_pool()


async def test_cancelled_tasks_leave_the_pool_whole(database: str) -> None:
    async def slow() -> None:
        async with transaction() as connected:
            await connected.execute("SELECT pg_sleep(5)")

    for _ in range(pool().get_max_size() + 2):
        task = asyncio.create_task(slow())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert await whole_pool()


async def test_an_inner_transaction_that_fails_takes_only_its_own_writes_back(database: str) -> None:
    async with transaction() as connected:
        await connected.execute("INSERT INTO limit_counters (key, began_at) VALUES ('kept', now())")
        with pytest.raises(RuntimeError):
            async with transaction():
                await connected.execute("INSERT INTO limit_counters (key, began_at) VALUES ('lost', now())")
                raise RuntimeError

    assert [row.key for row in await Counter.objects()] == ["kept"]


async def test_piccolo_queries_inside_belong_to_the_transaction(database: str) -> None:
    with pytest.raises(RuntimeError):
        async with transaction():
            await Counter.insert(Counter(key="gone", began_at=datetime(2026, 1, 1, tzinfo=UTC)))
            raise RuntimeError

    assert not await Counter.exists()
