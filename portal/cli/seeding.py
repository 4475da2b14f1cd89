"""Writing the demo's people and, for measuring, a crowd."""

from __future__ import annotations

import asyncio

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from portal import clock
from portal.cli.running import checked_settings
from portal.database import connection, open_database
from portal.migrating import migrate
from portal.sandbox import crowd, demo


def run(customers: int, *, reset: bool) -> None:
    url = checked_settings().database_url
    asyncio.run(seed(url.get_secret_value() if url else None, customers, reset=reset))


async def seed(url: str | None, customers: int, *, reset: bool) -> None:
    async with open_database(url, 2):
        written = await lay(reset=reset)
        click.echo(f"{written} people written, {len(demo.PEOPLE) - written} were there.")
        if customers:
            await add_crowd(customers)


async def lay(*, reset: bool) -> int:
    """The newest tables with the demo's people in them. Returns how many people were written."""
    if reset:
        async with connection() as connected:
            await connected.execute(
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS sandbox CASCADE"
            )
    await migrate()
    return await demo.seed(clock.today())


async def add_crowd(customers: int) -> None:
    columns = TextColumn("customers"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns) as progress:
        task = progress.add_task("customers", total=customers)
        async for made in crowd.fill(customers, clock.today()):
            progress.update(task, completed=made)
    async with connection() as connected:
        await connected.execute("ANALYZE")
