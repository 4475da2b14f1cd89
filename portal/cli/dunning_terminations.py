"""`portal dunning terminations`: contracts ended for non-payment, and taking that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from portal.cli.deciding import BECAUSE, BY, decided
from portal.cli.running import in_database

if TYPE_CHECKING:
    from datetime import date

    from portal.dunning.endings.ended import Ended


@click.group
def terminations() -> None:
    """Contracts ended for non-payment: look at them, and take one back."""


@terminations.command("list")
def show() -> None:
    """List the latest terminations, and what became of them."""
    from portal.dunning.endings import ended  # here: it imports Piccolo, which `--help` can do without

    listed = in_database(ended.recent)
    if not listed:
        click.echo("No contract was terminated.")
        return
    table = Table("account", "customer", "ended on", "contracts", "claim", "open of it", "state")
    for one in listed:
        claim, left = (one.claim, one.claim_open.format("en")) if one.claim else ("", "")
        table.add_row(one.account, one.customer, str(one.ended_on), str(one.contracts), claim, left, state(one))
    Console().print(table)


def state(one: Ended) -> str:
    if one.reversed_at is None:
        return "stands"
    stopped = "; the ladder stands still" if one.is_stopped else ""
    return f"taken back {one.reversed_at:%Y-%m-%d %H:%M} by {one.reversed_by}{stopped}"


@terminations.command
@click.argument("account")
@BECAUSE
@BY
def reverse(account: str, because: str, by: str) -> None:
    """Let the contracts of ACCOUNT (its number) go on. The ladder stands still until `resume`."""
    from portal import clock
    from portal.dunning.endings import (
        going_back,
        reversing,  # as above
    )

    async def work() -> None:
        case = await going_back.latest_case(account)
        await reversing.reverse_termination(case, by, because, clock.now())

    decided(work, going_back.NotReversed)
    click.echo(f"The contracts of account {account} go on. Its ladder stands still until: {RESUME} {account}")


RESUME = "portal dunning terminations resume"


@terminations.command
@click.argument("account")
@BECAUSE
@BY
def resume(account: str, because: str, by: str) -> None:
    """Let the ladder of ACCOUNT go on, after a termination or a handover was taken back."""
    from portal import clock
    from portal.dunning.endings import going_back  # as above

    async def work() -> date | None:
        return await going_back.resume(await going_back.latest_case(account), by, because, clock.now())

    on = decided(work, going_back.NotReversed)
    click.echo(f"The next step is on {on}." if on else "The next step waits for a notice to arrive.")
