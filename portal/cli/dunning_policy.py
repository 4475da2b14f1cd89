"""`portal dunning policy`: a collections policy looked at before it is put in force."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import click
from pydantic import ValidationError

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group
def policy() -> None:
    """Check a collections policy, and see what it changes."""


@policy.command
@click.argument("file", type=EXISTING)
def check(file: Path) -> None:
    """Read FILE as the portal would, and say everything that is wrong with it."""
    click.echo(f"{read(file)} can be used.")


@policy.command
@click.argument("file", type=EXISTING)
def diff(file: Path) -> None:
    """Show what FILE changes against the newest edition of the same name."""
    from portal.dunning import policies

    version = read(file)
    name = version.rpartition("-")[0]
    editions = [one for one in policies.policies().values() if one.name == name and one.version != version]
    if not editions:
        raise click.ClickException(f"{version} is the only edition of {name}.")
    newest = max(editions, key=lambda one: one.edition)
    before = (policies.FOLDER / f"{newest.version}.toml").read_text().splitlines()
    changes = list(unified_diff(before, file.read_text().splitlines(), newest.version, version, lineterm="", n=1))
    click.echo("\n".join(changes) if changes else f"{version} is as {newest.version}.")


def read(file: Path) -> str:
    """Its version; an end with every fault where it cannot be used."""
    from portal.dunning import policies  # here: it imports Piccolo, which `--help` can do without

    try:
        return policies.read(file).version
    except ValidationError as invalid:
        lines = [f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in invalid.errors()]
        raise click.ClickException("\n".join([f"{file.name} cannot be used:", *lines])) from None
    except ValueError as unreadable:
        raise click.ClickException(f"{file.name} cannot be used: {unreadable}") from None
