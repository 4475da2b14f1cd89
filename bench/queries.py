"""How often a page asks the database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpx
from asyncpg import Connection

from app import create_app
from portal.database import open_database
from portal.settings import settings


async def queries_of(paths: list[str], token: str) -> dict[str, int]:
    """The statements that each page sends, asked for by one signed-in browser."""
    transport = httpx.ASGITransport(cast("Any", create_app()))
    cookies = {"__Host-session": token}
    counted = {}
    async with (
        open_database(os.environ["DATABASE_URL"], 2),
        httpx.AsyncClient(transport=transport, base_url=settings().origin, cookies=cookies) as client,
    ):
        for path in paths:
            await client.get(path)  # the first time also compiles what is asked
            with counting() as count:
                (await client.get(path)).raise_for_status()
            counted[path] = len(count)
    return counted


@contextmanager
def counting() -> Iterator[list[str]]:
    """Every statement that goes to PostgreSQL meanwhile."""
    sent: list[str] = []
    prepared, plain = Connection._execute, Connection.execute

    async def fetch(self: Connection, query: str, *rest: Any, **options: Any) -> Any:
        sent.append(query)
        return await prepared(self, query, *rest, **options)

    async def execute(self: Connection, query: str, *rest: Any, **options: Any) -> Any:
        sent.append(query)
        return await plain(self, query, *rest, **options)

    Connection._execute, Connection.execute = fetch, execute
    try:
        yield sent
    finally:
        Connection._execute, Connection.execute = prepared, plain
