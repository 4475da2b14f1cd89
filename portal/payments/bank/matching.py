"""What a movement pays: the bill or the account that its reference names, where the amount fits. Pure functions.

A bill's amount fits where it is what is open of it now, all of it or the part that nobody disputes; of a bill of which
nothing was paid that is its total. One that was paid in part meanwhile waits, whatever its total was: money that does
not fit is for a person to look at. An account's amount fits where it is the sum of its oldest open bills, of however
many of them, or of all that are overdue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import accumulate
from uuid import UUID

from portal import reference
from portal.billing.tables import Bill
from portal.money import Money
from portal.payments.bank.movements import LONGEST_REFERENCE, Movement
from portal.payments.bank.tables import Why
from portal.payments.sharing import in_order


@dataclass(frozen=True, slots=True)
class Match:
    """`bills`: those that the money is meant for; none: whatever the account owes."""

    account: UUID
    bills: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """What a reference leads to."""

    account: UUID
    bill: UUID | None = None


@dataclass
class Ledger:
    """What is known of the references and accounts of some movements: `open_bills` by account, as they are now."""

    named: Mapping[str, Named]
    open_bills: dict[UUID, list[Bill]] = field(default_factory=dict)


@lru_cache(1024)
def given_references(movement: Movement) -> tuple[str, ...]:
    """As they stand in our books. Only where none is in its place is one looked for in what the payer wrote.

    Many a payer writes SI00 before the thirteen digits of an SI12: both are looked up.
    """
    found = [one for written in movement.references if (one := reference.read(written))]
    if not found and movement.text is not None:
        found = reference.find(movement.text)
    return tuple(name for one in found for name in names_of(one))


def names_of(one: reference.Reference) -> list[str]:
    is_other_model = one.model == "SI00" and len(one.digits) == reference.SI12_DIGITS
    return [one.si12, str(one)] if is_other_model and one.si12 else [str(one)]


def kept_reference(movement: Movement, given: Sequence[str]) -> str | None:
    """What the entry's row says: the first one that can be read, else what was written."""
    written = given[0] if given else next(iter(movement.references), None)
    return written[:LONGEST_REFERENCE] if written else None


def decide(movement: Movement, given: Sequence[str], ledger: Ledger, today: date) -> Match | Why:
    if movement.why:
        return movement.why
    named = narrowed({ledger.named[one] for one in given if one in ledger.named})
    if not named:
        return Why.UNKNOWN if given or movement.references else Why.NO_REFERENCE
    if len({one.account for one in named}) > 1:
        return Why.TWO_CANDIDATES
    if len(named) > 1:
        return Why.MANY_BILLS
    [target] = named
    return fitting(Money(movement.cents), target, ledger.open_bills.get(target.account, []), today)


def narrowed(named: Iterable[Named]) -> set[Named]:
    """Without an account whose bill is named as well."""
    found = set(named)
    with_bills = {one.account for one in found if one.bill}
    return {one for one in found if one.bill or one.account not in with_bills}


def fitting(amount: Money, target: Named, open_bills: Sequence[Bill], today: date) -> Match | Why:
    if target.bill is None:
        is_right = amount in sums_of(open_bills, today)
        return Match(target.account) if is_right else Why.WRONG_AMOUNT
    bill = next((bill for bill in open_bills if bill.id == target.bill), None)
    if bill is not None and amount.is_positive and amount in (bill.open, bill.undisputed):
        return Match(target.account, (bill.id,))
    return Why.MANY_BILLS if amount in sums_of(open_bills, today) else Why.WRONG_AMOUNT


def sums_of(open_bills: Sequence[Bill], today: date) -> set[Money]:
    """What pays the oldest one, two, three … of these, or all that are overdue; what is disputed is not asked for."""
    asked = [bill for bill in in_order(open_bills) if bill.undisputed.is_positive]
    overdue = Money.sum(bill.undisputed for bill in asked if bill.is_overdue(today))
    return ({Money(cents) for cents in accumulate(bill.undisputed.cents for bill in asked)} | {overdue}) - {Money(0)}
