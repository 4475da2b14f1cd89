"""`portal dunning`: the nightly run, a case looked at, and what a person decides about non-payment."""

from __future__ import annotations

import click

from portal.cli.lazily import Lazily

COMMANDS = {
    "run": "portal.cli.dunning_run",
    "case": "portal.cli.dunning_case",
    "policy": "portal.cli.dunning_policy",
    "deferrals": "portal.cli.dunning_deferrals",
    "proofs": "portal.cli.dunning_proofs",
    "disputes": "portal.cli.dunning_disputes",
    "fees": "portal.cli.dunning_fees",
    "terminations": "portal.cli.dunning_terminations",
    "handover": "portal.cli.dunning_handover",
}


@click.group(cls=Lazily, modules=COMMANDS)
def dunning() -> None:
    """What follows from bills that are not paid: the nightly run, and people's decisions."""
