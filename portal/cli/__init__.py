"""The `portal` command."""

from __future__ import annotations

import click

from portal.cli.lazily import Lazily

COMMANDS = {
    "serve": "portal.cli.serving",
    "worker": "portal.cli.working",
    "migrate": "portal.cli.migrating",
    "doctor": "portal.cli.doctor",
    "customers": "portal.cli.customers",
    "bills": "portal.cli.bills",
    "usage": "portal.cli.usage",
    "bank": "portal.cli.bank",
    "orders": "portal.cli.orders",
    "evidence": "portal.cli.evidence",
    "dunning": "portal.cli.dunning",
    "payments": "portal.cli.payments",
    "services": "portal.cli.services",
    "network": "portal.cli.network",
    "messages": "portal.cli.messages",
    "letters": "portal.cli.letters",
    "welcome": "portal.cli.welcome",
    "jobs": "portal.cli.held_jobs",
    "ca": "portal.cli.ca",
    "demo": "portal.cli.demo",
}


@click.group(cls=Lazily, modules=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Runs the portal and looks after it. The README lists the environment variables."""
