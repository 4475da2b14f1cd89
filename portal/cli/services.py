"""`portal services`: what the billing system charges for switched services, and the catalogue of services."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from pydantic import ValidationError

from portal.cli.running import in_database

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group
def services() -> None:
    """Give the billing system what was switched, and check the catalogue. The format: docs/services.md."""


@services.command
@click.option("--since", required=True, help="A moment in ISO 8601, such as 2026-11-21T00:00:00Z; without a zone: UTC.")
def changes(since: str) -> None:
    """Write the paid changes that the network has confirmed as NDJSON, from a moment on, the oldest first.

    Each has an id and is the same every time, so begin a little before the last one that you have.
    """
    from portal.services import billing_export  # here: it imports Piccolo, which `--help` can do without

    begin = moment(since)

    async def write() -> None:
        async for change in billing_export.changes(begin):
            click.echo(json.dumps(change, ensure_ascii=False))

    in_database(write, is_patient=True)


@services.group
def catalogue() -> None:
    """Check a catalogue of services before it is put in force."""


@catalogue.command
@click.argument("file", type=EXISTING)
def check(file: Path) -> None:
    """Read FILE as the portal would, and say everything that is wrong with it."""
    from portal.services import catalogue  # as above

    try:
        made = catalogue.read(file)
    except ValidationError as invalid:
        lines = [f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in invalid.errors()]
        raise click.ClickException("\n".join([f"{file.name} cannot be used:", *lines])) from None
    except ValueError as unreadable:
        raise click.ClickException(f"{file.name} cannot be used: {unreadable}") from None
    click.echo(f"Edition {made.name} with {len(made.services)} services can be used from {made.applies_from}.")


def moment(written: str) -> datetime:
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        raise click.BadParameter(f"{written} is no moment in ISO 8601.", param_hint="--since") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
