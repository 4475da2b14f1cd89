"""`portal dunning handover`: debts for the collection agency and for enforcement, from the export to their leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from portal.cli.deciding import BECAUSE, BY, decided
from portal.cli.dunning_terminations import RESUME
from portal.cli.running import in_database

if TYPE_CHECKING:
    from portal.dunning.endings.batches import Batch

RECEIVERS = click.Choice(["agency", "enforcement"])


@click.group
def handover() -> None:
    """Debts that are handed over: export them, note that they left, and take one back before."""


@handover.command("list")
def show() -> None:
    """List the latest batches, and how many debts wait for the next one."""
    from portal.dunning.endings import (
        batches as handover_batches,  # here: it imports Piccolo, which `--help` can do without
    )

    listed, waiting = in_database(handover_batches.recent), in_database(handover_batches.waiting)
    if listed:
        table = Table("batch", "edition", "debts", "total", "withdrawn", "made (UTC)", "state")
        for batch in listed:
            counts = str(batch.debts), batch.total.format("en"), str(batch.withdrawn)
            table.add_row(batch.number, str(batch.edition), *counts, f"{batch.made_at:%Y-%m-%d %H:%M}", state(batch))
        Console().print(table)
    else:
        click.echo("No batch was made yet.")
    for one in waiting:
        click.echo(f"Debts that wait for the {one.to}: {one.debts}")


def state(batch: Batch) -> str:
    if batch.left_at:
        return f"left {batch.left_at:%Y-%m-%d %H:%M} by {batch.left_by}"
    return "lies ready" if batch.is_laid_out else "to be laid out"


@handover.command
@click.option("--to", type=RECEIVERS, help="Only for this receiver.")
def export(to: str | None) -> None:
    """Lay what was decided into HANDOVER_DIR now, as the worker does every day."""
    from portal import clock
    from portal.dunning.endings import exporting
    from portal.dunning.endings import files as handover_files  # as above
    from portal.dunning.policy import HandOverTo

    async def work() -> list[str]:
        receivers = [HandOverTo(to)] if to else list(HandOverTo)
        return [batch.number for receiver in receivers for batch in await exporting.export(receiver, clock.now())]

    numbers = decided(work, handover_files.DebtsNotLaidOut, exporting.ExportingAlready)
    for number in numbers:
        click.echo(f"Batch {number} lies ready. When the receiver has it: portal dunning handover leave {number}")
    if not numbers:
        click.echo("Nothing is new.")


@handover.command
@click.argument("batch")
@BY
def leave(batch: str, by: str) -> None:
    """Note that the receiver has BATCH: from then on nothing in it can be taken back."""
    from portal import clock
    from portal.dunning.endings import batches as handover_batches  # as above

    gone = decided(lambda: handover_batches.leave(batch, by, clock.now()), handover_batches.NotLeft)
    click.echo(f"Batch {gone.number} has left, debts: {gone.debts}, withdrawn: {gone.withdrawn}")


@handover.command
@click.argument("account")
@click.option("--to", type=RECEIVERS, required=True)
@BECAUSE
@BY
def reverse(account: str, to: str, because: str, by: str) -> None:
    """Keep the debt of ACCOUNT (its number) in the house. The ladder stands still until it is resumed."""
    from portal import clock
    from portal.dunning.endings import (
        going_back,
        reversing,  # as above
    )
    from portal.dunning.policy import HandOverTo

    async def work() -> None:
        case = await going_back.latest_case(account)
        await reversing.reverse_handover(case, HandOverTo(to), by, because, clock.now())

    decided(work, going_back.NotReversed)
    click.echo(f"The debt of account {account} stays here. Its ladder stands still until: {RESUME} {account}")
