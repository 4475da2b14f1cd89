"""`portal bank import`: the bank's files, checked whole and booked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from portal.cli.deciding import BY
from portal.cli.running import in_database
from portal.money import Money

if TYPE_CHECKING:
    from portal.payments.bank.importing import Imported

BUSY, REFUSED, WAITS = 3, 2, 1


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would be booked and what would wait; keep nothing.")
@BY
def import_(files: Sequence[Path], *, dry_run: bool, by: str) -> None:
    """Import FILES of the bank: camt.053 and camt.054, versions 2 to 13. Again changes nothing.

    Ends with 0 when everything is booked or known, with 1 when something waits for a person, with 2 when a file was
    refused, with 3 when another import is under way.
    """
    outcomes = in_database(lambda: every(files, dry_run, by))
    raise SystemExit(max(outcomes))


async def every(files: Sequence[Path], is_dry: bool, by: str) -> list[int]:
    return [await one(file, is_dry, by) for file in files]


async def one(file: Path, is_dry: bool, by: str) -> int:
    from portal.payments.bank.importing import ImportingAlready  # here: Piccolo, which `--help` can do without
    from portal.payments.bank.refused import StatementRefused

    try:
        done = await watched(file, is_dry, by)
    except ImportingAlready:
        click.echo(
            f"{file}: another import is under way, and this one has not begun. Try again when it is done.", err=True
        )
        return BUSY
    except (StatementRefused, OSError) as no:
        reason = no.strerror if isinstance(no, OSError) else no
        click.echo(f"{file}: refused, nothing of it is booked: {reason}.", err=True)
        return REFUSED
    show(file, done, is_dry)
    return WAITS if done.waiting else 0


async def watched(file: Path, is_dry: bool, by: str) -> Imported:
    from portal import clock
    from portal.payments.bank.importing import import_file  # as above

    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(file.name, total=None)

        def tick(finished: int, total: int) -> None:
            bars.update(task, completed=finished, total=total)

        return await import_file(file, by=by, at=clock.now(), is_dry=is_dry, progress=tick)


def show(file: Path, done: Imported, is_dry: bool) -> None:
    click.echo(f"{file.name}: {done.message}, {done.entries} entries")
    table = Table("what", Column("entries", justify="right"), Column("sum", justify="right"))
    for what, sum_ in (("booked", done.booked), ("there already", done.known)):
        table.add_row(what, str(sum_.count), money(sum_.cents))
    for why, sum_ in done.waiting.items():
        table.add_row(f"waits: {why}", str(sum_.count), money(sum_.cents))
    for why, count in sorted(done.skipped.items()):
        table.add_row(f"skipped: {why}", str(count), "")
    Console().print(table)
    if is_dry:
        click.echo("Nothing was kept.")
    elif done.waiting:
        click.echo("What waits: portal bank unmatched")


def money(cents: int) -> str:
    return Money(cents).plain
