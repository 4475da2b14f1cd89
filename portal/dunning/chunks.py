"""Rows read a chunk at a time, so that neither a statement nor the memory grows with the number of accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from asyncpg import Record

from portal.database import connection
from portal.dunning.moving import CHUNK, NO_ACCOUNT


async def chunks(statement: str, *bound: object) -> AsyncIterator[list[Record]]:
    """`statement` takes the `id` to go on after as `$1` and how many as `$2`, and is ordered by `id`.

    What it reads may change between two chunks. None of them is empty.
    """
    after: UUID | None = NO_ACCOUNT
    while after is not None:
        async with connection() as connected:
            rows = await connected.fetch(statement, after, CHUNK, *bound)
        if rows:
            yield rows
        after = rows[-1]["id"] if len(rows) == CHUNK else None
