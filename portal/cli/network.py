"""`portal network`: orders that the network refused."""

from __future__ import annotations

from uuid import UUID

import click
from rich.table import Table

from portal.cli import listing
from portal.cli.listing import id_column
from portal.cli.running import in_database


@click.group
def network() -> None:
    """Orders that the network refused: look at them, then send them again."""


@network.command
def refused() -> None:
    """List the orders that wait for a person."""
    from portal.network import retrying  # here: it imports Piccolo, which `--help` can do without

    waiting = in_database(retrying.refused)
    if not waiting:
        click.echo("No order is refused.")
        return
    table = Table(id_column("id"), "line", "asked (UTC)", "the network's answer")
    for order in waiting:
        table.add_row(str(order.id), order.line, f"{order.asked_at:%Y-%m-%d %H:%M}", order.answer or "")
    listing.show(table)


@network.command
@click.argument("order", type=click.UUID)
def retry(order: UUID) -> None:
    """Send the refused ORDER once more."""
    from portal.network import retrying  # as above

    if not in_database(lambda: retrying.retry(order)):
        raise click.ClickException(f"No order {order} is refused; `portal network refused` lists them.")
    click.echo(f"Order {order} is sent again.")
