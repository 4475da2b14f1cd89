"""The benefit to give back when a bound contract ends early: the part for the time that is left.

Source: izklop-storitev.txt, I, step 4; the part is by days, because a commitment ends on a day and not in a month.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.customers.tables import Contract
from portal.money import Money


@dataclass(frozen=True, slots=True)
class BenefitBack:
    """One line of the demand: what was received, for how many days, how many are left, what of it goes back.

    `contract`: its number. Of `bound_days`, at least one, at most all are left.
    """

    contract: str
    received: Money
    bound_days: int
    days_left: int

    @property
    def back(self) -> Money:
        """Cents are rounded down: in doubt for the customer."""
        return Money(self.received.cents * self.days_left // self.bound_days)


def benefit_back(contracts: Iterable[Contract], ended_on: date) -> list[BenefitBack]:
    """A line for each contract that was bound beyond `ended_on` and had a benefit."""
    return [line for contract in contracts if (line := of_one(contract, ended_on))]


def of_one(contract: Contract, ended_on: date) -> BenefitBack | None:
    """The last day of a commitment is bound as well; what is bound for no day at all gives nothing back."""
    until, since = contract.committed_until, contract.committed_since or contract.concluded_on
    if until is None or until <= max(ended_on, since) or not contract.benefit_cents:
        return None
    return BenefitBack(
        contract=contract.number,
        received=Money(contract.benefit_cents),
        bound_days=(until - since).days,
        days_left=(until - max(ended_on, since)).days,
    )
