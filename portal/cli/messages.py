"""`portal messages`: messages that did not arrive, or may not have, and sending one again."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from uuid import UUID

import click
from rich.table import Table

from portal.cli import listing
from portal.cli.listing import id_column
from portal.cli.running import in_database


@click.group
def messages() -> None:
    """Messages that did not arrive, or may not have: look at them, and send one again."""


@messages.command
def unknown() -> None:
    """List those of which it is not known whether they were sent: the gateway's answer was lost."""
    from portal.messaging.undelivered import UNKNOWN  # here: it imports Piccolo, which `--help` can do without

    show(UNKNOWN, "No message is in doubt.")


@messages.command
def refused() -> None:
    """List those that the gateway would not take, or could not deliver."""
    from portal.messaging.undelivered import REFUSED  # as above

    show(REFUSED, "No message was refused.")


@messages.command
def waiting() -> None:
    """List those that are not sent yet."""
    from portal.messaging.undelivered import WAITING  # as above

    show(WAITING, "No message waits.")


@messages.command
@click.argument("message", type=click.UUID)
@click.option("--reason", required=True, help="Why it is right to send it again; kept on the trail with your name.")
def resend(message: UUID, reason: str) -> None:
    """Send the same words as MESSAGE once more, as a new message. Whoever got the first gets two."""
    from portal import clock
    from portal.messaging.undelivered import NotSentAgain
    from portal.messaging.undelivered import resend as send_again

    try:
        again = in_database(lambda: send_again(message, getpass.getuser(), reason, clock.now()))
    except NotSentAgain as no:
        raise click.ClickException(str(no)) from None
    click.echo(f"Sent again as {again}.")


def show(states: Sequence[str], nothing: str) -> None:
    from portal import clock
    from portal.messaging.undelivered import MOST_LISTED, unsettled

    listed = in_database(lambda: unsettled(states, clock.now()))
    if not listed:
        click.echo(nothing)
        return
    table = Table(id_column("id"), "channel", "to", "message", "state", "made (UTC)", "tried", "reason")
    for one in listed:
        made = f"{one.created_at:%Y-%m-%d %H:%M}"
        table.add_row(
            str(one.id), one.channel, one.masked, one.template, one.state, made, str(one.attempts), one.reason or ""
        )
    listing.show(table)
    if len(listed) == MOST_LISTED:
        click.echo(f"These are the oldest {MOST_LISTED}; there may be more.")
