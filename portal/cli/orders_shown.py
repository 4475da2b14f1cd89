"""Orders on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click
from rich.table import Table

from portal.cli import listing
from portal.cli.bank import harmless
from portal.money import Money
from portal.signing.envelopes.declining import WITHDRAWN
from portal.signing.orders.seen import OrderSeen


def show_all(orders: Sequence[OrderSeen], most: int) -> None:
    if not orders:
        click.echo("There is no such order.")
        return
    table = Table("order", "kind", "customer", "state", "why", "placed (UTC)", "until (UTC)")
    for one in orders:
        placed, until = written(one.placed_at), written(one.expires_at)
        table.add_row(one.number, one.kind, f"{one.customer} {one.customer_name}", one.state, why(one), placed, until)
    table.caption = f"the latest {most}; --most shows more" if len(orders) == most else None
    listing.show(table)


def why(one: OrderSeen) -> str:
    if one.state == "blocked":
        return one.blocked_as or ""
    return declined(one) or (one.identification if one.state == "not_identified" else "")


def declined(one: OrderSeen) -> str | None:
    """Their reason of the list; one is none of theirs."""
    return "cancelled with the change of a service" if one.decline_reason == WITHDRAWN else one.decline_reason


def show(one: OrderSeen) -> None:
    amount = None if one.amount_cents is None else Money(one.amount_cents).format("en")
    facts = {
        "order": f"{one.number} ({one.kind}, by {one.source})",
        "state": one.state,
        "customer": f"{one.customer} {one.customer_name}",
        "account": one.account,
        "contract": one.contract,
        "signatory": one.signatory,
        "e-mail": one.email,
        "number": one.contact_number,
        "amount": amount,
        "placed": written(one.placed_at),
        "received": written(one.received_at),
        "until": written(one.expires_at),
        "if not signed": one.instead,
        "identification": one.identification,
        "identified": written(one.identified_at),
        "reference": one.identified_as,
        "blocked as": one.blocked_as,
        "blocked": written(one.blocked_at),
        "declined": declined(one),
        "in own words": one.decline_words,
        "ended": written(one.ended_at),
        "went on": written(one.went_on_at),
        "envelope": str(one.envelope) if one.envelope else None,
    }
    for name, value in facts.items():
        if value is not None:
            click.echo(f"{name:15} {harmless(value)}")


def written(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"
