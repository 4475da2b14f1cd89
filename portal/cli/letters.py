"""`portal letters`: print batches, from the waiting letters to the print house's hands."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from portal.cli.running import in_database

if TYPE_CHECKING:
    from portal.messaging.batches import Batch


@click.group
def letters() -> None:
    """Letters for the post: make print batches, and note that the print house has them."""


@letters.command("list")
def show() -> None:
    """List the latest batches, and how many letters wait for the next one."""
    from portal.messaging import batches  # here: it imports Piccolo, which `--help` can do without

    listed, waiting = in_database(batches.recent), in_database(batches.waiting)
    if listed:
        table = Table("batch", "letters", "made (UTC)", "state")
        for batch in listed:
            table.add_row(batch.number, str(batch.letters), f"{batch.made_at:%Y-%m-%d %H:%M}", state(batch))
        Console().print(table)
    else:
        click.echo("No batch was made yet.")
    since = f", the oldest since {waiting.oldest:%Y-%m-%d %H:%M} UTC" if waiting.oldest else ""
    click.echo(f"Letters that wait: {waiting.waiting}{since}. Refused ones: portal messages refused")


def state(batch: Batch) -> str:
    if batch.handed_over_at:
        return f"handed over {batch.handed_over_at:%Y-%m-%d %H:%M} by {batch.handed_over_by}"
    return "printed" if batch.is_printed else "being printed"


@letters.command("print")
def make() -> None:
    """Lay the waiting letters into LETTERS_DIR now, as the worker does every night."""
    from portal import clock
    from portal.messaging import print_folder, printing  # as above

    try:
        finished = in_database(lambda: printing.print_letters(clock.now()))
    except (print_folder.LettersNotLaidOut, printing.PrintingAlready) as no:
        raise click.ClickException(f"{no}.") from None
    for batch in finished:
        click.echo(f"Batch {batch.number} is printed, letters: {batch.letters}")
    if not finished:
        click.echo("No letter waits that could be printed.")


@letters.command
@click.argument("batch", required=False)
@click.option("--by", default=getpass.getuser, show_default="you", help="Who gave it to the print house.")
def handover(batch: str | None, by: str) -> None:
    """Note that the print house has BATCH, or all batches that lie ready."""
    from portal import clock
    from portal.messaging import batches  # as above

    try:
        handed = in_database(lambda: batches.hand_over(batch, by, clock.now()))
    except batches.NotHandedOver as no:
        raise click.ClickException(str(no)) from None
    for one in handed:
        click.echo(f"Batch {one.number} is handed over, letters: {one.letters}")
    if not handed:
        click.echo("No batch lies ready.")
