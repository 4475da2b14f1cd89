"""Bringing a database to the newest migration, and PgQueuer's own tables and the months of use with it."""

from __future__ import annotations

import contextlib
import io

import asyncpg
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager

from portal import clock
from portal.database import DB
from portal.usage.months import lay_months

LOCK = 4_071_2026
"""Any number: two migrations started at once run one after the other."""


class MigrationFailed(Exception):
    """A migration did not run; nothing of it is left."""


async def migrate() -> str:
    """Run what has not run yet, on the open database. Returns Piccolo's own words on what it did."""
    connection = await asyncpg.connect(**DB.config)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        said = await _forwards()
        await _queue(connection)
        await lay_months(clock.today())
    finally:
        await connection.close()
    return said


async def _forwards() -> str:
    words = io.StringIO()
    with contextlib.redirect_stdout(words):
        result = await ForwardsMigrationManager(app_name="moj").run()
    if not result.success:
        raise MigrationFailed(result.message or words.getvalue())
    return words.getvalue()


async def _queue(connection: asyncpg.Connection) -> None:
    queries = Queries(AsyncpgDriver(connection))
    if await queries.schema_is_installed():
        await queries.upgrade()
    else:
        await queries.install()
