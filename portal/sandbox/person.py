"""Who can be met in the demo, and what every one of them has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from portal.customers.tables import Account, CustomerKind
from portal.sandbox.household import Household, months_back
from portal.sandbox.sold import Item, usual

DETAILED = 2
"""So many bills, the newest, tell what was used."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who can be met in the demo. `registered`: the telephone signs in; `story` makes what they have."""

    serial: int
    name: str
    mobile: str
    standing: str
    story: Callable[[Person, date], Household]
    registered: bool = True

    def household(self, street: str, today: date, *, years: int = 4, company: str | None = None) -> Household:
        kind = CustomerKind.COMPANY if company else CustomerKind.PERSON
        since = months_back(today, 12 * years) - timedelta(days=self.serial)
        made = Household.named(self.serial, company or self.name, self.mobile, street, since=since, kind=kind)
        if self.registered:
            made.registered(self.name, self.mobile, at(since, 9))
        return made


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def monthly_bills(
    house: Household,
    account: Account,
    newest: date,
    *,
    package: str,
    unpaid: Sequence[Sequence[Item]] = (),
    months: int = 12,
) -> None:
    """A bill a month up to `newest`. The last are as `unpaid` says, oldest first; those before ordinary and paid.

    The last two tell what was used.
    """
    for back in reversed(range(months)):
        issued = months_back(newest, back)
        if back < len(unpaid):
            house.bill(account, issued, unpaid[-1 - back], paid=False, detailed=back < DETAILED)
        else:
            house.bill(account, issued, usual(f"{account.number} {back}", package), detailed=back < DETAILED)
