"""`portal welcome`: letters with the first sign-in data of fixed customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.table import Table

from portal.cli.listing import show
from portal.cli.running import in_database

if TYPE_CHECKING:
    from portal.identity.registering.welcoming import Newcomer


@click.group
def welcome() -> None:
    """Welcome letters: the data with which fixed customers register."""


@welcome.command
@click.option("--customer", "number", metavar="NUMBER", help="One customer; a former key ends.")
@click.option("--all-new", is_flag=True, help="Every fixed customer without a sign-in who had no letter yet.")
@click.option("--dry-run", is_flag=True, help="Only list who would get one.")
def letters(number: str | None, *, all_new: bool, dry_run: bool) -> None:
    """Make a key and have its letter printed with the next batch (see `portal letters`).

    The key works once, for 60 days. After printing it stands on paper and in LETTERS_DIR alone.
    """
    from portal.identity.registering.welcoming import newcomers  # here: it imports Piccolo, which `--help` can spare

    if (number is None) is not all_new:
        raise click.UsageError("Say either --customer NUMBER or --all-new.")
    found = in_database(lambda: newcomers(number))
    if not found and number is not None:
        raise click.ClickException(f"Customer {number} has no fixed contract, signs in already, or is unknown.")
    if dry_run:
        listed(found)
        return
    in_database(lambda: welcome_all(found))
    click.echo(f"Welcome letters that wait for printing now: {len(found)}")


def listed(found: list[Newcomer]) -> None:
    table = Table("customer", "name", "last letter (UTC)")
    for one in found:
        table.add_row(one.number, one.name, f"{one.last_key_at:%Y-%m-%d %H:%M}" if one.last_key_at else "none")
    show(table)
    click.echo(f"Would get a letter: {len(found)}")


async def welcome_all(found: list[Newcomer]) -> None:
    """Each by itself: whoever stops it half-way runs it again, and nobody gets two."""
    from portal import clock
    from portal.identity.registering.welcoming import welcome  # as above

    for newcomer in found:
        await welcome(newcomer, clock.now())
