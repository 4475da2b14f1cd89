"""`portal payments`: money that may have moved without us hearing of it."""

from __future__ import annotations

import click

from portal.cli.running import in_database


@click.group
def payments() -> None:
    """Money that may have moved without us hearing of it."""


@payments.command
def reconcile() -> None:
    """Ask Stripe about every attempt that was silent for a while and book what was paid, as the worker does."""
    from portal import clock  # here: payments bring Stripe's library, which takes its time
    from portal.payments import reconciling

    result = in_database(lambda: reconciling.reconcile(at=clock.now()))
    click.echo(f"{result.seen} attempts looked at: {result.paid} paid, {result.ended} ended, {result.failed} failed.")
    if result.is_away:
        raise click.ClickException("Stripe could not be reached; run it again later.")
