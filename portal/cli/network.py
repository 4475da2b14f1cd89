"""`portal network`: orders that the network refused, and those of which it is unknown what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import click
from rich.table import Table

from portal import clock
from portal.cli import listing
from portal.cli.listing import id_column
from portal.cli.running import in_database

if TYPE_CHECKING:
    from portal.network.unsettled import Unsettled


@click.group
def network() -> None:
    """Orders that the network refused, or that are unknown for long."""


@network.command
def refused() -> None:
    """List what the network said no to: orders of barring wait for a person, of services their customers know."""
    from portal.network import unsettled  # here: it imports Piccolo, which `--help` can do without

    waiting = in_database(lambda: unsettled.refused(clock.now()))
    if not waiting:
        click.echo("No order is refused.")
        return
    table = Table(id_column("id"), "line", "of", "asked (UTC)", "code", "the network's answer")
    for order in waiting:
        table.add_row(*told(order), order.refused_as or "", order.answer or "")
    listing.show(table)


@network.command
def unknown() -> None:
    """List orders of which it is unknown for long what the network did; they are gone after until it says so."""
    from portal.network import unsettled  # as above

    waiting = in_database(lambda: unsettled.unknown(clock.now()))
    if not waiting:
        click.echo("No order is unknown for long.")
        return
    table = Table(id_column("id"), "line", "of", "asked (UTC)", "last tried (UTC)", "attempts", "under way")
    for order in waiting:
        tried = f"{order.sent_at:%Y-%m-%d %H:%M}" if order.sent_at else "never"
        table.add_row(*told(order), tried, str(order.attempts), order.under_way or "")
    listing.show(table)


def told(order: Unsettled) -> tuple[str, str, str, str]:
    return str(order.id), order.line, order.service or "barring", f"{order.asked_at:%Y-%m-%d %H:%M}"


@network.command
@click.argument("order", type=click.UUID)
def retry(order: UUID) -> None:
    """Send the refused ORDER of barring once more."""
    from portal.network import retrying  # as above

    if not in_database(lambda: retrying.retry(order)):
        raise click.ClickException(
            f"No order {order} of barring is refused; `portal network refused` lists them. One of a service is not sent"
            " again: its customer was told, and asks anew."
        )
    click.echo(f"Order {order} is sent again.")
