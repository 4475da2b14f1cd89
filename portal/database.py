"""The Piccolo engine, its pool and our own `transaction()`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from piccolo.engine.postgres import PostgresEngine

from portal.embedded import embedded_url

if TYPE_CHECKING:
    from asyncpg import Connection
    from asyncpg.pool import Pool

ACQUIRE_SECONDS = 5.0
COMMAND_SECONDS = 15.0
NAMED = {"application_name": "moj", "timezone": "UTC"}
LIMITS = {
    "statement_timeout": "10000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "15000",
}

Isolation = Literal["read_committed", "repeatable_read", "serializable"]


class Engine(PostgresEngine):
    """Piccolo's engine, which neither connects when it is imported nor waits for ever for a connection."""

    async def check_version(self) -> None:
        """The pool is opened later, by `open_database`."""

    async def _run_in_pool(self, query: str, args: Sequence[Any] | None = None) -> Any:
        async with pool().acquire(timeout=ACQUIRE_SECONDS) as pooled:
            return await pooled.fetch(query, *(args or ()))


DB = Engine(config={})


@dataclass(frozen=True, slots=True)
class CurrentTransaction:
    """What Piccolo looks for when it runs a query: a connection that is inside a transaction."""

    connection: Connection


@asynccontextmanager
async def transaction(isolation: Isolation = "read_committed") -> AsyncIterator[Connection]:
    """All or nothing. Inside another transaction it is a savepoint.

    Piccolo's own transaction loses the pooled connection when a commit fails or the task is cancelled; this one
    gives it back whatever happens.
    """
    outer = DB.current_transaction.get()
    if outer is not None:
        async with outer.connection.transaction():
            yield outer.connection
        return
    async with pool().acquire(timeout=ACQUIRE_SECONDS) as connection:
        context = None
        try:
            async with connection.transaction(isolation=isolation):
                context = DB.current_transaction.set(CurrentTransaction(connection))  # type: ignore[arg-type]  # only .connection is used
                yield connection
        finally:
            if context is not None:
                DB.current_transaction.reset(context)


@asynccontextmanager
async def connection() -> AsyncIterator[Connection]:
    """The connection of the running transaction, or one from the pool for reading."""
    current = DB.current_transaction.get()
    if current is not None:
        yield current.connection
        return
    async with pool().acquire(timeout=ACQUIRE_SECONDS) as pooled:
        yield pooled


def pool() -> Pool:
    if DB.pool is None:
        raise RuntimeError("the database is not open")
    return DB.pool


@asynccontextmanager
async def open_database(url: str | None = None, size: int = 16, *, is_patient: bool = False) -> AsyncIterator[None]:
    """Open the pool on `url`, or on the embedded server when there is none. `is_patient`: no limits on statements."""
    if url is None:
        url = await asyncio.to_thread(embedded_url)
    DB.config = connection_config(url, is_patient=is_patient)
    await DB.start_connection_pool(min_size=min(2, size), max_size=size, reset=give_back_clean)
    try:
        yield
    finally:
        await DB.close_connection_pool()


def connection_config(url: str, *, is_patient: bool = False) -> dict[str, Any]:
    """Asyncpg's arguments, with limits on every wait: a frozen server must not freeze the portal.

    A migration waits as long as it takes: for another one that runs, and for an index over millions of bills.
    """
    if is_patient:
        return {"dsn": url, "timeout": ACQUIRE_SECONDS, "server_settings": NAMED}
    return {
        "dsn": url,
        "timeout": ACQUIRE_SECONDS,
        "command_timeout": COMMAND_SECONDS,
        "server_settings": NAMED | LIMITS,
    }


async def give_back_clean(connection: Connection) -> None:
    """The pool's reset without its round trip: we set nothing on a session that a transaction's end does not undo."""
    if connection.is_in_transaction():
        await connection.execute("ROLLBACK")
