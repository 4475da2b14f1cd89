"""Withdrawing from what was bought at a distance: until when, and what is owed for what was had meanwhile. Pure.

Source: Directive 2011/83/EU, articles 9, 14(3) and 16(a), as changed by Directive (EU) 2023/2673; ZVPot-1.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from portal.clock import day_of
from portal.money import Money
from portal.services.catalogue import Service
from portal.services.tables import Billed

WITHDRAWAL_DAYS = 14
"""Whole days after the one on which it was switched on."""


@dataclass(frozen=True, slots=True)
class Bought:
    """A paid service that was switched on, `at` which moment, and the price that was agreed to."""

    id: UUID
    service: Service
    billed: Billed
    price: Money
    at: datetime

    @property
    def last_day(self) -> date:
        """Of the right to withdraw. A package that is used until the end of its month is fully performed with it."""
        day = day_of(self.at)
        last = day + timedelta(days=WITHDRAWAL_DAYS)
        return min(last, end_of_month(day)) if self.billed == Billed.ONCE else last

    def owed(self, today: date) -> Money:
        """For the days it was on, the first and today included, by the days of each month; rounded half up, once.

        Of a package bought once it is the most that can be owed: the billing system counts what was used of it.
        """
        if self.billed == Billed.ONCE:
            return self.price
        return min(self.price, share_of_days(self.price, day_of(self.at), today))


def withdrawable_from(bought: Bought, at: datetime) -> Bought | None:
    """None: the time for it is over."""
    return bought if day_of(at) <= bought.last_day else None


def share_of_days(price: Money, first: date, last: date) -> Money:
    """Of a monthly price, from `first` to `last`, both counted."""
    if (first.year, first.month) == (last.year, last.month):
        length = end_of_month(first).day
        return rounded(price.cents * ((last - first).days + 1), length)
    here, there = end_of_month(first), end_of_month(last)
    days_here, days_there = (here - first).days + 1, last.day
    return rounded(price.cents * (days_here * there.day + days_there * here.day), here.day * there.day)


def rounded(cents: int, over: int) -> Money:
    return Money((2 * cents + over) // (2 * over))


def end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
