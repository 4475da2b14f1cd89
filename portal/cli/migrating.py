"""`portal migrate`: the database's newest shape."""

from __future__ import annotations

import click
from rich.console import Console

from portal.cli.running import in_database


@click.command
def migrate() -> None:
    """Bring the database to the newest migration. Safe to run at any time, and from several machines at once."""
    from portal import migrating  # here: it imports every table

    with Console(stderr=True).status("Migrating …"):
        said = in_database(migrating.migrate, is_patient=True)
    click.echo(said.strip() or "Nothing to do.")
