"""`portal payments refunds`: credit that customers ask back, sent to their bank by a person."""

from __future__ import annotations

from uuid import UUID

import click

from portal.cli.deciding import BECAUSE_TO_THE_CUSTOMER, BY, decided
from portal.cli.running import in_database

NO_REQUEST = "There is no such request."


@click.group
def refunds() -> None:
    """Credit that customers ask back: see who waits, note what was sent, or refuse it."""


@refunds.command("list")
def show() -> None:
    """List the requests that wait, the longest waiting first, with what a bank transfer needs."""
    from portal.payments.refunds_waiting import WAITING  # here: it imports Piccolo, which `--help` can do without

    waiting = in_database(WAITING.all)
    if not waiting:
        click.echo("No request waits.")
        return
    for one in waiting:
        click.echo(f"{one.id}  asked {one.asked_at:%Y-%m-%d %H:%M} UTC")
        click.echo(f"  account {one.account}, {one.name}: {one.amount.plain} EUR to {one.iban}, {one.holder}")


@refunds.command("pay")
@click.argument("request", type=click.UUID)
@BY
def pay(request: UUID, by: str) -> None:
    """Note that the money of a REQUEST, named by its id in the list, was sent to the bank. The customer is told."""
    from portal import clock
    from portal.payments import refunding  # as above

    decided(lambda: refunding.mark_paid(request, decided_by=by, at=clock.now()), missing=NO_REQUEST)
    click.echo("Noted as sent. The customer is told.")


@refunds.command("refuse")
@click.argument("request", type=click.UUID)
@BECAUSE_TO_THE_CUSTOMER
@BY
def refuse(request: UUID, because: str, by: str) -> None:
    """Refuse a REQUEST, named by its id in the list: the credit is the customer's again, who is told why."""
    from portal import clock
    from portal.payments import refunding  # as above

    decided(lambda: refunding.refuse(request, reason=because, decided_by=by, at=clock.now()), missing=NO_REQUEST)
    click.echo("Refused. The customer is told.")
