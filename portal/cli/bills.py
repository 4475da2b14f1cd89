"""`portal bills`: documents of the billing system come in, and fees that wait for a bill go out to it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from portal.cli.running import in_database


@click.group
def bills() -> None:
    """Bring in bills from the billing system, and give it the fees that wait for a bill. The format: docs/bills.md."""


@bills.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--set-aside",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where rows go that cannot come in; FILE.set-aside.ndjson if not given.",
)
@click.option("--dry-run", is_flag=True, help="Check every row and say what would come in; write no bill.")
def bring_in(file: str, set_aside: Path | None, *, dry_run: bool) -> None:
    """Bring in FILE: bills, credit notes and debit notes as NDJSON, one a line, also packed by gzip (.gz); - is stdin.

    What is here already stays as it is, so FILE can be given again. Ends with 0 when all rows are in, with 3 when some
    were set aside, with 1 when FILE could not be read to its end.
    """
    from portal.cli import bills_import  # here: it imports Piccolo, which `--help` can do without

    bills_import.run(file, set_aside, is_dry=dry_run)


@bills.command
def charges() -> None:
    """Write the fees that wait for a bill as NDJSON, for the billing system. They wait until a bill's line names them.

    Each is an id, the account, a kind, an amount and the day it was incurred on.
    """
    from portal.billing.arriving import waiting_charges  # as above

    async def write() -> None:
        async for charge in waiting_charges.waiting():
            click.echo(json.dumps(charge))

    in_database(write)


@bills.command
def schema() -> None:
    """Write the JSON Schema of a document, which docs/bills.schema.json is."""
    from portal.billing.arriving.document import schema as made  # as above

    click.echo(json.dumps(made(), indent=2, ensure_ascii=False))
