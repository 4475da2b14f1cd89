"""The sandbox keeps its state in PostgreSQL, apart from the portal's, because server and worker are two processes."""

from __future__ import annotations

from piccolo.table import Table

from portal.database import transaction

SCHEMA = "sandbox"
LOCK = 4_071_2027
"""Any number: processes that start together make the tables one after the other."""


async def prepare() -> None:
    """Make the tables of the stand-ins that were imported, if they are not there. No migrations: nothing is kept."""
    async with transaction() as connected:
        await connected.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        await connected.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        for table in Table.__subclasses__():
            if table._meta.schema == SCHEMA:
                await table.create_table(if_not_exists=True)
