"""`portal dunning disputes`: objections to bills, opened and decided."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import click
from rich.table import Table

from portal.cli import listing
from portal.cli.deciding import BECAUSE_TO_THE_CUSTOMER, BY, REASON, decided
from portal.cli.listing import id_column
from portal.cli.running import in_database
from portal.money import Money

if TYPE_CHECKING:
    from portal.dunning.relief_tables import Dispute


@click.group
def disputes() -> None:
    """Objections to bills: nothing is barred for the disputed part until they are decided."""


@disputes.command("list")
def undecided() -> None:
    """List the objections that are not decided, the oldest first."""
    from portal.dunning.undecided import OPEN_DISPUTES  # here: it imports Piccolo, which `--help` can do without

    listed = in_database(OPEN_DISPUTES.all)
    if not listed:
        click.echo("No objection waits.")
        return
    table = Table(id_column("dispute"), "account", "bill", "total", "undisputed", "opened (UTC)", "reason")
    for one in listed:
        amounts = (one.total.format("en"), one.undisputed.format("en"))
        table.add_row(str(one.id), one.account, one.bill, *amounts, f"{one.opened_at:%Y-%m-%d %H:%M}", one.reason)
    listing.show(table)


@disputes.command("open")
@click.argument("bill")
@click.option("--undisputed", help="What the customer does not object to: 24.99. The usual amount if not given.")
@click.option("--because", required=True, callback=REASON, help="What the customer objects to.")
@BY
def begin(bill: str, undisputed: str | None, because: str, by: str) -> None:
    """Note the objection to BILL, by its number."""
    from portal import clock
    from portal.billing.tables import Bill
    from portal.dunning.disputing import dispute

    async def opened() -> Dispute:
        known = await Bill.objects().get(Bill.number == bill)
        if known is None:
            raise click.ClickException(f"There is no bill {bill}.")
        return await dispute(known, amount(undisputed), reason=because, opened_by=by, at=clock.now())

    noted = decided(opened)
    click.echo(f"Noted as {noted.id}; undisputed, and to be paid: {noted.undisputed.format('en')}.")


def amount(typed: str | None) -> Money | None:
    try:
        return None if typed is None else Money.parse(typed)
    except ValueError as no:
        raise click.ClickException(f"{no}.") from None


@disputes.command
@click.argument("dispute", type=click.UUID)
@click.argument("outcome", type=click.Choice(["upheld", "rejected"]))
@BECAUSE_TO_THE_CUSTOMER
@BY
def decide(dispute: UUID, outcome: str, because: str, by: str) -> None:
    """End DISPUTE. `rejected` only when nobody can appeal any more, or the regulator has decided so."""
    from portal import clock
    from portal.dunning import disputing
    from portal.dunning.relief_tables import DisputeOutcome

    ends = DisputeOutcome(outcome)
    decided(lambda: disputing.decide(dispute, ends, because=because, decided_by=by, at=clock.now()))
    click.echo(f"Decided: {outcome}; the customer is told why.")
