"""Who gets how much: sharing money out over bills, and taking it back. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from portal.billing.tables import Bill
from portal.money import Money


class Share(NamedTuple):
    """What of an amount belongs to one bill."""

    bill: UUID
    amount: Money


def share_out(amount: Money, bills: Iterable[Bill]) -> tuple[list[Share], Money]:
    """Settle the bills in their order as far as the money reaches; the second value is what no bill needed."""
    return fill(amount, (Share(bill.id, bill.open) for bill in bills))


def fill(amount: Money, wanted: Iterable[Share]) -> tuple[list[Share], Money]:
    """Give each share what it wants, in order, while something is left."""
    shares = []
    for bill, want in wanted:
        given = min(want, amount)
        if given.is_positive:
            shares.append(Share(bill, given))
            amount -= given
    return shares, amount


def take_back(amount: Money, credit: Money, settled: Iterable[Share]) -> tuple[Money, list[Share]]:
    """What a reversal takes from the credit, which goes first, and what it reopens of each bill in their order."""
    from_credit = min(credit, amount)
    reopened, _ = fill(amount - from_credit, settled)
    return from_credit, reopened


def in_order_of_payment(bills: Iterable[Bill], first: Iterable[UUID]) -> list[Bill]:
    """The bills that were meant, then the others; among both the longest due first."""
    meant = set(first)
    return sorted(bills, key=lambda bill: (bill.id not in meant, bill.due_on, bill.number))
