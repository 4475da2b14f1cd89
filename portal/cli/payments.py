"""`portal payments`: money that may have moved without us hearing of it."""

from __future__ import annotations

import click

from portal.cli.running import in_database


@click.group
def payments() -> None:
    """Money that may have moved without us hearing of it."""


@payments.command
def reconcile() -> None:
    """Ask Stripe about every attempt that is not at its end, and book what was paid."""
    from portal import clock  # here: payments bring Stripe's library, which takes its time
    from portal.payments import sweeping

    in_database(lambda: sweeping.sweep(clock.now()))
