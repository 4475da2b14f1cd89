"""`portal orders`: orders of the sales system come in, staff looks after them, and what was decided goes back."""

from __future__ import annotations

import json
from pathlib import Path

import click

from portal.cli.deciding import BY, decided, of_length
from portal.cli.running import in_database

STATES = (
    *("awaits_identification", "open", "blocked", "accepted"),
    *("signed", "declined", "expired", "not_identified", "without_signature"),
)
MOST_LISTED = 200
REFERENCE = of_length("a reference", 60)


@click.group
def orders() -> None:
    """Bring in orders to be signed, look after them, and tell what was decided. The format: docs/orders.md."""


@orders.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--set-aside",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where rows go that cannot come in; FILE.set-aside.ndjson if not given.",
)
def bring_in(file: str, set_aside: Path | None) -> None:
    """Bring in FILE: orders as NDJSON, one a line, also packed by gzip (.gz); - is stdin. Customers get their links.

    What is here already stays as it is, so FILE can be given again. Ends with 0 when all rows are in, with 3 when some
    were set aside, with 1 when FILE could not be read to its end.
    """
    from portal.cli import orders_import  # here: it imports Piccolo, which `--help` can do without

    orders_import.run(file, set_aside)


@orders.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only these; if not given, all that wait for something.")
@click.option("--blocked", is_flag=True, help="Only those that staff has to look into; the same as --state blocked.")
@click.option("--most", type=click.IntRange(1, 5_000), default=MOST_LISTED, show_default=True, help="How many to list.")
def listing(state: str | None, most: int, *, blocked: bool) -> None:
    """List orders of the last 30 days, the latest first."""
    from portal import clock
    from portal.cli import orders_shown  # as above
    from portal.signing.orders import seen
    from portal.signing.orders.states import State

    if blocked and state not in (None, "blocked"):
        raise click.UsageError("Say one of --state and --blocked.")
    wanted = "blocked" if blocked else state
    found = in_database(lambda: seen.listed(State(wanted) if wanted else None, clock.now(), most))
    orders_shown.show_all(found, most)


@orders.command
@click.argument("number")
def show(number: str) -> None:
    """Show all that is known of the order NUMBER."""
    from portal import clock
    from portal.cli import orders_shown  # as above
    from portal.signing.orders import seen
    from portal.signing.orders.faults import NoSuchOrder

    orders_shown.show(decided(lambda: seen.seen(number, clock.now()), NoSuchOrder))


@orders.command
@click.argument("number")
@BY
def unblock(number: str, by: str) -> None:
    """Let the order NUMBER be signed again, having looked into why it was blocked.

    A number or a SIM that changed within 24 hours goes on stopping it, and so does another name than the signatory's.
    """
    from portal import clock
    from portal.signing.envelopes.guarding import unblock as lift  # as above

    if not decided(lambda: lift(number, clock.now(), by=by)):
        raise click.ClickException("There is no such order that is blocked and can still be signed.")
    click.echo("Unblocked; the customer can sign while the 24 hours last.")


@orders.command
@click.argument("number")
@click.option("--passed/--failed", required=True, help="How the video identification ended.")
@click.option("--reference", required=True, callback=REFERENCE, help="What whoever identified calls it.")
def identified(number: str, reference: str, *, passed: bool) -> None:
    """Report how the video identification for the order NUMBER ended. Passed, its documents are made and sent."""
    from portal import clock
    from portal.signing.orders import identifying  # as above
    from portal.signing.orders.faults import NoSuchOrder

    report = identifying.Report(passed=passed, reference=reference)
    noes = (NoSuchOrder, identifying.NotAwaited)
    is_news = decided(lambda: identifying.identified(number, report, clock.now()), *noes)
    told = "the customer gets the documents" if passed else "the customer is told what becomes of the order"
    click.echo(f"Reported; {told}." if is_news else "It was reported already.")


@orders.command
@click.option("--since", required=True, help="A moment in ISO 8601, such as 2026-11-21T00:00:00Z; without a zone: UTC.")
def changes(since: str) -> None:
    """Write the orders that were decided as NDJSON, from a moment on, the oldest first, for the sales system.

    Each has an id and is the same every time, so begin a little before the last one that you have.
    """
    from portal import clock
    from portal.cli.services import moment  # as above
    from portal.signing.orders import seen

    begin = moment(since)

    async def write() -> None:
        async for change in seen.decided(begin, clock.now()):
            click.echo(json.dumps(change, ensure_ascii=False))

    in_database(write, is_patient=True)


@orders.command
def schema() -> None:
    """Write the JSON Schema of an order, which docs/orders.schema.json is."""
    from portal.signing.orders.feed import schema as made  # as above

    click.echo(json.dumps(made(), indent=2, ensure_ascii=False))
