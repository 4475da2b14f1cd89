"""`portal payments`: money that may have moved without us hearing of it, or that waits for a person."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from portal.cli.payments_refunds import refunds
from portal.cli.running import in_database


@click.group
def payments() -> None:
    """Money that may have moved without us hearing of it, and money that waits for a person."""


@payments.command
def held() -> None:
    """List the payments that came in another amount than asked for: compare them at Stripe and call the customer."""
    from portal.payments.held import held_payments

    waiting = in_database(held_payments)
    if not waiting:
        click.echo("No payment is held.")
        return
    table = Table("account", "asked", "Stripe's session", "held since (UTC)")
    for payment in waiting:
        table.add_row(payment.account, payment.asked.format("en"), payment.session, f"{payment.since:%Y-%m-%d %H:%M}")
    Console().print(table)


@payments.command
def reconcile() -> None:
    """Ask Stripe about every attempt that was silent for a while and book what was paid, as the worker does."""
    from portal import clock  # here: payments bring Stripe's library, which takes its time
    from portal.payments import reconciling

    result = in_database(lambda: reconciling.reconcile(at=clock.now()))
    click.echo(f"{result.seen} attempts looked at: {result.paid} paid, {result.ended} ended, {result.failed} failed.")
    if result.is_away:
        raise click.ClickException("Stripe could not be reached; run it again later.")


payments.add_command(refunds)
