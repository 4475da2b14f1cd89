"""`portal dunning fees`: what waits for an account's next bill, and waiving it."""

from __future__ import annotations

from uuid import UUID

import click
from rich.table import Table

from portal.cli import listing
from portal.cli.deciding import BECAUSE, BY, decided
from portal.cli.listing import id_column
from portal.cli.running import in_database


@click.group
def fees() -> None:
    """Fees of suspension and deferral that no bill holds yet."""


@fees.command("list")
@click.argument("account")
def waiting(account: str) -> None:
    """List the fees that wait for the next bill of ACCOUNT, by its number."""
    from portal.dunning.undecided import WAITING_FEES  # here: it imports Piccolo, which `--help` can do without

    listed = in_database(lambda: WAITING_FEES.all(account=account))
    if not listed:
        click.echo(f"No fee waits for a bill of {account}.")
        return
    table = Table(id_column("charge"), "fee", "amount", "since")
    for fee in listed:
        table.add_row(str(fee.id), fee.kind, fee.amount.format("en"), str(fee.incurred_on))
    listing.show(table)


@fees.command
@click.argument("charge", type=click.UUID)
@BECAUSE
@BY
def waive(charge: UUID, because: str, by: str) -> None:
    """Let CHARGE go: it comes on no bill, and not again in this episode."""
    from portal import clock
    from portal.dunning import waiving

    waived = decided(lambda: waiving.waive(charge, reason=because, decided_by=by, at=clock.now()))
    click.echo(f"Waived: {waived.amount.format('en')}.")
