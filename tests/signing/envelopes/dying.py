"""A process that dies after its n-th statement, as its database sees it: the connection is gone, without a goodbye."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from portal.database import DB, connection

LOST = (asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError, ConnectionError)


class Death:
    """Strikes after so many statements. `has_struck`: False where the work was done before."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.has_struck = False
        self.servers: set[int] = set()

    async def meet(self, connection: asyncpg.Connection) -> None:
        """Wait for this connection; asked for whenever one is taken from the pool."""

        def count(_: object) -> None:
            self.left -= 1
            if self.left == 0:
                self.has_struck = True
                connection.terminate()

        self.servers.add(connection.get_server_pid())
        connection.add_query_logger(count)


@asynccontextmanager
async def dies(after: int) -> AsyncIterator[Death]:
    """What runs in here dies after so many statements; everybody else's connections are whole."""
    death, whole = Death(after), DB.pool
    DB.pool = pool = await asyncpg.create_pool(**DB.config, min_size=0, max_size=2, setup=death.meet)
    try:
        yield death
    except LOST:
        pass
    finally:
        DB.pool = whole
        pool.terminate()
        await see_off(death)


async def see_off(death: Death) -> None:
    """Wait until the server knows: what was on its way, a COMMIT too, has arrived or never will."""
    async with connection() as connected:
        await connected.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest($1::int[]) pid", death.servers)
