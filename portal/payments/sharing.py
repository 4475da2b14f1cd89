"""Who gets how much: sharing money out over bills, using credit, and taking money back. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from portal.billing.tables import Bill
from portal.money import ZERO, Money


class Share(NamedTuple):
    """What of an amount belongs to one bill."""

    bill: UUID
    amount: Money


class Use(NamedTuple):
    """What of a payment's credit belongs to one bill."""

    payment: UUID
    bill: UUID
    amount: Money


Meant = Mapping[UUID, Money]
"""The bills that money was given for, and how much of it at most for each."""


def share_out(amount: Money, bills: Iterable[Bill], meant: Meant, today: date) -> tuple[list[Share], Money]:
    """Settle open bills as far as the money reaches; the second value is what no bill needed.

    First what it was meant for, then what is overdue, then what else is open. What is disputed of a bill is settled
    only where that bill was meant, and after what is undisputed of all the meant ones.
    """
    ordered = in_order(bills)
    chosen = [(bill, min(meant[bill.id], bill.open)) for bill in ordered if bill.id in meant]
    undisputed = [Share(bill.id, min(most, bill.undisputed)) for bill, most in chosen]
    disputed = [Share(bill.id, most - min(most, bill.undisputed)) for bill, most in chosen]
    taken = dict(undisputed)
    late_first = sorted(ordered, key=lambda bill: not bill.is_overdue(today))
    others = [Share(bill.id, bill.undisputed - taken.get(bill.id, ZERO)) for bill in late_first]
    shares, rest = fill(amount, [*undisputed, *disputed, *others])
    return added_up(shares), rest


def in_order(bills: Iterable[Bill]) -> list[Bill]:
    """The longest due first."""
    return sorted(bills, key=lambda bill: (bill.due_on, bill.number))


def fill(amount: Money, wanted: Iterable[Share]) -> tuple[list[Share], Money]:
    """Give each share what it wants, in order, while something is left."""
    shares = []
    for bill, want in wanted:
        given = min(want, amount)
        if given.is_positive:
            shares.append(Share(bill, given))
            amount -= given
    return shares, amount


def added_up(shares: Iterable[Share]) -> list[Share]:
    """One share a bill."""
    sums: dict[UUID, Money] = {}
    for bill, amount in shares:
        sums[bill] = sums.get(bill, ZERO) + amount
    return [Share(bill, amount) for bill, amount in sums.items()]


def use_up(credit: Iterable[tuple[UUID, Money]], wanted: Iterable[Share]) -> list[Use]:
    """Use payments' credit, in order, for what is wanted, in order."""
    left, uses = dict(wanted), []
    for payment, amount in credit:
        shares, _ = fill(amount, [Share(bill, want) for bill, want in left.items()])
        for bill, given in shares:
            left[bill] -= given
            uses.append(Use(payment, bill, given))
    return uses


def take_back(amount: Money, credit: Money, settled: Iterable[Share]) -> tuple[Money, list[Share]]:
    """What a reversal takes from the credit, which goes first, and what it reopens of each bill in their order."""
    from_credit = min(credit, amount)
    reopened, _ = fill(amount - from_credit, settled)
    return from_credit, reopened
