"""`portal dunning`: the nightly run, a case looked at, and what a person decides about non-payment."""

from __future__ import annotations

from importlib import import_module

import click

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


class Dunning(click.Group):
    """Each name of `COMMANDS` is a module with a command of that name, imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        return command


@click.group(cls=Dunning)
def dunning() -> None:
    """What follows from bills that are not paid: the nightly run, and people's decisions."""
