"""`portal dunning case`: all that happened to an account that did not pay, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from portal.cli.running import in_database
from portal.money import Money

if TYPE_CHECKING:
    from portal.dunning.case_record import CaseRecord
    from portal.dunning.case_tables import CaseEvent


@click.command
@click.argument("account")
def case(account: str) -> None:
    """Show the open case of ACCOUNT (its number), or else its last one: what happened, why, and what comes next."""
    from portal import clock  # here: what follows imports Piccolo, which `--help` can do without
    from portal.dunning.case_record import record_of

    found = in_database(lambda: record_of(account, clock.today()))
    if found is None:
        raise click.ClickException(f"Account {account} has no case.")
    show(found)


def show(found: CaseRecord) -> None:
    over = f" to {found.closed_on}" if found.closed_on else ""
    click.echo(f"Account {found.account}, {found.customer}: a case by {found.policy}, from {found.opened_on}{over}")
    click.echo(f"Counted from bill {found.bill}, issued on {found.issued_on}, due on {found.due_on}")
    click.echo(f"Overdue now: {found.overdue.format('en')}")
    click.echo(f"Next: {found.follows}")
    table = Table("day", "event", "step", "overdue then", "amount", "until", "reason", "decided by", "outcome")
    for event in found.events:
        table.add_row(*(escape(cell) for cell in cells(event)))
    Console().print(table)


def cells(event: CaseEvent) -> list[str]:
    amount = "" if event.cents is None else Money(event.cents).format("en")
    until = str(event.until or "")
    said = [event.reason, event.decided_by, event.outcome or ""]
    return [str(event.on_day), event.kind, event.step or "", event.overdue.format("en"), amount, until, *said]
