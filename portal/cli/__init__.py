"""The `portal` command. A command's module is imported when it is asked for, so that each starts quickly."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "serve": "portal.cli.serving",
    "worker": "portal.cli.working",
    "migrate": "portal.cli.migrating",
    "doctor": "portal.cli.doctor",
    "dunning": "portal.cli.dunning",
    "payments": "portal.cli.payments",
    "network": "portal.cli.network",
    "messages": "portal.cli.messages",
    "letters": "portal.cli.letters",
    "jobs": "portal.cli.held_jobs",
    "demo": "portal.cli.demo",
}


class Portal(click.Group):
    """Each name of `COMMANDS` is a module with a command of that name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        return command


@click.group(cls=Portal, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Runs the portal and looks after it. The README lists the environment variables."""
