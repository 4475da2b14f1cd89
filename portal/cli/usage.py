"""`portal usage`: what the operator's systems measured comes in; its format, and the months that are kept."""

from __future__ import annotations

import json
from pathlib import Path

import click

from portal.cli.running import in_database


@click.group
def usage() -> None:
    """Bring in what was used, as the operator's systems measured it. The format: docs/usage.md."""


@usage.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--set-aside",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where rows go that cannot come in; FILE.set-aside.ndjson if not given.",
)
@click.option("--dry-run", is_flag=True, help="Check every row and say what would come in; write nothing of it.")
def bring_in(file: str, set_aside: Path | None, *, dry_run: bool) -> None:
    """Bring in FILE: allowances, spending and records as NDJSON, one a line, also packed by gzip (.gz); - is stdin.

    The newest of each is kept, in whatever order they come, so FILE can be given again. Ends with 0 when all rows are
    in, with 3 when some were set aside, with 1 when FILE could not be read to its end.
    """
    from portal.cli import usage_import  # here: it imports Piccolo, which `--help` can do without

    usage_import.run(file, set_aside, is_dry=dry_run)


@usage.command
def schema() -> None:
    """Write the JSON Schema of a row, which docs/usage.schema.json is."""
    from portal.usage.arriving.feed import schema as made  # as above

    click.echo(json.dumps(made(), indent=2, ensure_ascii=False))


@usage.command
def months() -> None:
    """List the months that are kept, with their rows as the database estimates them and their sizes."""
    from rich.table import Column, Table

    from portal.cli import listing
    from portal.usage.months import laid_months  # as above

    table = Table("table", "month", Column("rows", justify="right"), Column("MB", justify="right"))
    for one in in_database(laid_months):
        rows = "?" if one.rows is None else f"{one.rows:,}"
        table.add_row(one.table, f"{one.first:%Y-%m}", rows, f"{one.size / 10**6:,.1f}")
    listing.show(table)
