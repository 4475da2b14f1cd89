"""Writing the demo's people and, for measuring, a crowd."""

from __future__ import annotations

import asyncio

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from portal import clock
from portal.cli.running import checked_settings
from portal.database import connection, open_database
from portal.messaging import print_folder
from portal.migrating import migrate
from portal.sandbox import crowd, demo, offset
from portal.sandbox.stories import PEOPLE


def run(customers: int, *, reset: bool) -> None:
    url = checked_settings().database_url
    asyncio.run(seed(url.get_secret_value() if url else None, customers, reset=reset))


async def seed(url: str | None, customers: int, *, reset: bool) -> None:
    async with open_database(url, 2):
        await lay(reset=reset)
        click.echo(f"{len(PEOPLE)} people, whose days are counted from {await demo.made_on()}.")
        if customers:
            await add_crowd(customers)


async def lay(*, reset: bool) -> None:
    """The newest tables with the demo's people in them; those who are there keep what became of them."""
    if reset:
        async with connection() as connected:
            await connected.execute(
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS sandbox CASCADE"
            )
        print_folder.clear()
    demos = await offset.follow()
    if reset:
        demos.set(offset.NONE)
    await migrate()
    await demo.seed(clock.today())


async def add_crowd(customers: int) -> None:
    columns = TextColumn("customers"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns) as progress:
        task = progress.add_task("customers", total=customers)
        async for made in crowd.fill(customers, clock.today()):
            progress.update(task, completed=made)
    async with connection() as connected:
        await connected.execute("ANALYZE")
