"""`portal evidence`: what happened to an envelope, and whether all that is kept of it is as it was."""

from __future__ import annotations

import click

from portal.cli.lazily import Lazily

COMMANDS = {
    "show": "portal.cli.evidence_show",
    "verify": "portal.cli.evidence_verify",
    "head": "portal.cli.evidence_verify",
}


@click.group(cls=Lazily, modules=COMMANDS)
def evidence() -> None:
    """Show what happened to the documents of an order, and check that nobody changed what is kept of it."""
