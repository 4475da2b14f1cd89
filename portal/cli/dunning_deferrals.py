"""`portal dunning deferrals`: longer deferrals, asked for on the portal or agreed on the telephone."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from uuid import UUID

import click

from portal.cli.deciding import BECAUSE, BECAUSE_TO_THE_CUSTOMER, BY, decided
from portal.cli.running import in_database

NO_REQUEST = "There is no such request."
DAY = click.DateTime(["%Y-%m-%d"])
UNTIL = click.option("--until", type=DAY, required=True, help="The last day of the deferral: YYYY-MM-DD.")
FEE = click.option("--with-fee", is_flag=True, help="Charge what a short deferral costs; else it is free.")


@click.group
def deferrals() -> None:
    """Longer deferrals: see who asks for one, grant or refuse it, or grant one that was agreed on by telephone."""


@deferrals.command("list")
def show() -> None:
    """List the requests that wait for a decision, the longest waiting first."""
    from portal import clock
    from portal.dunning.undecided import WAITING_REQUESTS  # here: it imports Piccolo, which `--help` can do without

    waiting = in_database(lambda: WAITING_REQUESTS.all(today=clock.today()))
    if not waiting:
        click.echo("No request waits.")
        return
    for one in waiting:
        click.echo(f"{one.id}  asked {one.asked_at:%Y-%m-%d %H:%M} UTC, wishes until {one.wished_until}")
        click.echo(f"  account {one.account}, {one.name}: {one.owed.plain} EUR overdue")
        click.echo(
            f"  telephone {one.telephone}, tax number {one.tax_number}{tax_number_note(one.is_their_tax_number)}"
        )
        if one.words:
            click.echo(textwrap.indent(one.words, "  | "))


def tax_number_note(is_theirs: bool | None) -> str:
    if is_theirs is None:
        return " (we have none to compare it with)"
    return "" if is_theirs else " (not the one that we have)"


@deferrals.command("grant")
@click.argument("account")
@UNTIL
@FEE
@BECAUSE
@BY
def grant(account: str, until: datetime, with_fee: bool, because: str, by: str) -> None:
    """Grant the account with the number ACCOUNT a deferral that was agreed on with an adviser."""
    from portal import clock
    from portal.customers.tables import Account
    from portal.dunning.deferrals.agreeing import agree  # as above

    async def agreed() -> date:
        found = await Account.objects().get(Account.number == account)
        if found is None:
            raise click.ClickException(f"There is no account {account}.")
        deferral = await agree(found.id, until.date(), decided_by=by, reason=because, with_fee=with_fee, at=clock.now())
        return deferral.until

    click.echo(f"Account {account} has a deferral until {granted(agreed)}.")


@deferrals.command("grant-request")
@click.argument("request", type=click.UUID)
@UNTIL
@FEE
@BECAUSE
@BY
def grant_request(request: UUID, until: datetime, with_fee: bool, because: str, by: str) -> None:
    """Grant a REQUEST, named by its id in the list, up to a day that may differ from the wished one."""
    from portal import clock
    from portal.dunning.deferrals.requesting import accept  # as above

    async def accepted() -> date:
        deferral = await accept(request, until.date(), decided_by=by, reason=because, with_fee=with_fee, at=clock.now())
        return deferral.until

    click.echo(f"Granted until {granted(accepted)}. The customer is told.")


@deferrals.command("refuse")
@click.argument("request", type=click.UUID)
@BECAUSE_TO_THE_CUSTOMER
@BY
def refuse(request: UUID, because: str, by: str) -> None:
    """Refuse a REQUEST, named by its id in the list."""
    from portal import clock
    from portal.dunning.deferrals import requesting  # as above

    decided(lambda: requesting.refuse(request, reason=because, decided_by=by, at=clock.now()), missing=NO_REQUEST)
    click.echo("Refused. The customer is told.")


def granted(work: Callable[[], Awaitable[date]]) -> date:
    from portal.dunning.deferrals.refusals import DayOutside  # as above

    async def within() -> date:
        try:
            return await work()
        except DayOutside as outside:
            raise click.ClickException(f"The day has to lie between {outside.first} and {outside.last}.") from None

    return decided(within, missing=NO_REQUEST)
