"""`portal bank`: statements of our bank accounts, and their entries that wait for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

import click

from portal.cli.bank_import import import_
from portal.cli.deciding import BY, REASON, decided
from portal.cli.running import in_database

if TYPE_CHECKING:
    from portal.payments.bank.waiting import Waiting

MOST_LISTED = 200
REASONS = (
    *("no_reference", "unknown", "two_candidates", "wrong_amount"),
    *("many_bills", "reversal", "currency", "perhaps_twice"),
)
BECAUSE = click.option("--because", required=True, callback=REASON, help="Why: kept with your name.")


@click.group
def bank() -> None:
    """What the bank tells us of our accounts: import its files, and settle what waits."""


bank.add_command(import_)


@bank.command
@click.option("--why", type=click.Choice(REASONS), help="Only those that wait for this reason.")
@click.option("--most", type=click.IntRange(1, 5_000), default=MOST_LISTED, show_default=True, help="How many to list.")
def unmatched(why: str | None, most: int) -> None:
    """List the entries that wait for a person, the earliest day first, with what they may be."""
    from portal.payments.bank import waiting  # here: it imports Piccolo, which `--help` can do without
    from portal.payments.bank.tables import Why

    listed = in_database(lambda: waiting.waiting(Why(why) if why else None, most))
    if not listed:
        click.echo("No entry waits.")
        return
    for one in listed:
        click.echo("\n".join(told(one)) + "\n")
    counted = in_database(waiting.counts)
    click.echo("; ".join(f"{name}: {count}" for name, count in sorted(counted.items())))


def told(one: Waiting) -> Iterator[str]:
    """Its head with the id to copy, then who paid, what they wrote and what it may be. For a table it is too much."""
    entry = one.entry
    yield f"{entry.id}  {entry.booked_on}  {'-' * entry.is_reversal}{entry.amount.plain} {entry.currency}  {entry.why}"
    parts = {"payer": (entry.payer, entry.payer_iban), "wrote": (entry.reference, entry.text)}
    for name, words in parts.items():
        if said := " · ".join(filter(None, words)):
            yield f"  {name:6} {harmless(said)}"
    for number, suggestion in enumerate(one.suggestions):
        yield f"  {'' if number else 'maybe':6} {harmless(suggestion)}"


def harmless(text: str) -> str:
    """Without what a terminal would take for an order: anybody may write anything on a transfer."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


@bank.command
@click.argument("entry", type=click.UUID)
@click.option("--bill", "bills", multiple=True, metavar="NUMBER", help="What it pays; several times for several bills.")
@click.option("--account", metavar="NUMBER", help="Whatever this account owes, the oldest first.")
@click.option("--reverse", type=int, metavar="PAYMENT", help="The payment that the bank took back, by its number.")
@BECAUSE
@BY
def assign(  # noqa: PLR0917 - click's options
    entry: UUID, bills: tuple[str, ...], account: str | None, reverse: int | None, because: str, by: str
) -> None:
    """Say what ENTRY pays, or which payment it takes back. It is booked at once."""
    from portal import clock
    from portal.payments.bank import assigning  # as above
    from portal.payments.bank.refusals import NotDecided
    from portal.payments.tables import Payment

    if sum(map(bool, (bills, account, reverse is not None))) != 1:
        raise click.UsageError("Say one of --bill (also several), --account, --reverse.")
    at = clock.now()

    async def work() -> Payment:
        if bills:
            return await assigning.assign_to_bills(entry, bills, because=because, by=by, at=at)
        if account:
            return await assigning.assign_to_account(entry, account, because=because, by=by, at=at)
        return await assigning.assign_to_reversal(entry, reverse or 0, because=because, by=by, at=at)

    payment = decided(work, NotDecided)
    click.echo(f"Payment {payment.number} is taken back." if reverse is not None else "Booked.")


@bank.command("set-aside")
@click.argument("entry", type=click.UUID)
@BECAUSE
@BY
def set_aside(entry: UUID, because: str, by: str) -> None:
    """Say that ENTRY is none of our customers' payments. It is kept, and waits no more."""
    from portal import clock
    from portal.payments.bank import assigning  # as above
    from portal.payments.bank.refusals import NotDecided

    decided(lambda: assigning.set_aside(entry, because=because, by=by, at=clock.now()), NotDecided)
    click.echo("Set aside.")
