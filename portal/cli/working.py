"""`portal worker`: background work."""

from __future__ import annotations

import asyncio

import click

from portal.cli.running import checked_settings


@click.command
def worker() -> None:
    """Do background work: messages, orders to the network, what Stripe told us, the timed runs. Start any number."""
    checked_settings()
    from portal.worker import work  # here: it imports every domain, and the settings are checked first

    asyncio.run(work())
