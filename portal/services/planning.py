"""What a switch takes: which services change with it, in which order, and what that costs.

Pure: nothing is read and nothing asked. The billing system has the last word on every amount; the one rule of what is
shown: a month is charged by its days, the day of switching included whether on or off, and nothing in advance.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.money import Money
from portal.network.tables import OFF, Setting
from portal.services.catalogue import Catalogue, Service
from portal.services.tables import Billed

Has = Mapping[str, Setting]
"""How services are set, or are about to be; one that is missing is off."""


@dataclass(frozen=True, slots=True)
class Change:
    """One service that is set anew. Of a counted one the settings hold how many there are."""

    service: Service
    was: Setting
    setting: Setting

    @property
    def is_bought(self) -> bool:
        """Whether it costs something that was not charged before."""
        if self.service.is_counted:
            return count_of(self.setting) > count_of(self.was)
        return self.service.is_paid and self.setting.is_on and not self.was.is_on

    @property
    def monthly_sign(self) -> int:
        """1: charged every month from now on; -1: no longer; 0: neither."""
        is_monthly = self.service.billed == Billed.MONTHLY
        return (self.setting.is_on - self.was.is_on) * is_monthly

    def share(self, day: date) -> Money:
        """Of the month's price, if it is switched on `day`: for the days from it on, or less the days after it."""
        return signed(self.monthly_sign, of_month(self.service.price, day, is_day_counted=self.setting.is_on))


@dataclass(frozen=True, slots=True)
class NextBill:
    """`share`: of this month's monthly prices, less than nothing where more is spared. `monthly`: what changes in
    every bill after it.
    """

    once: Money
    share: Money
    monthly: Money

    @property
    def total(self) -> Money:
        return self.once + self.share


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes in the order they go to the network; the last one is what was asked for. Empty: it is so already."""

    changes: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        return not self.changes

    @property
    def bought(self) -> list[Change]:
        return [change for change in self.changes if change.is_bought]

    @property
    def besides(self) -> tuple[Change, ...]:
        """What changes too, so that the one that was asked for can."""
        return self.changes[:-1]

    @property
    def agreed(self) -> Money:
        """What has to be agreed to: the prices of all that is bought, each of one month or of one purchase."""
        return Money.sum(change.service.price for change in self.bought)

    @property
    def once(self) -> Money:
        return Money.sum(change.service.price for change in self.bought if change.service.billed == Billed.ONCE)

    @property
    def monthly(self) -> Money:
        """How much every month will cost more, or less where it is negative."""
        return Money.sum(signed(change.monthly_sign, change.service.price) for change in self.changes)

    @property
    def needs_signature(self) -> bool:
        return any(change.setting.is_on and change.service.needs_signature for change in self.changes)

    def next_bill(self, day: date) -> NextBill:
        """What the bill of that month will show, if it is switched on `day`."""
        return NextBill(self.once, Money.sum(change.share(day) for change in self.changes), self.monthly)


def plan(catalogue: Catalogue, has: Has, code: str, setting: Setting) -> Plan:
    """`has` is how all services are set, wishes under way included. A KeyError for a code that the catalogue lacks.

    On: what it needs goes on first, then what cannot be beside it goes off together with what depends on that, then
    the service itself. Off: what depends on it goes off before it.
    """
    if has.get(code, OFF) == setting:
        return Plan(())
    on = [*needed(catalogue, code), code] if setting.is_on else []
    away = excluded_by(catalogue, on) if on else [code]
    off = [name for name in with_dependants(catalogue, away) if is_on(has, name)]
    up = [name for name in on if name == code or not is_on(has, name)]
    targets = [(name, OFF) for name in off] + [(name, Setting(is_on=True)) for name in up if name != code]
    targets += [(code, setting)] * bool(on)
    return Plan(tuple(Change(catalogue.by_code[name], has.get(name, OFF), target) for name, target in targets))


def is_whole(catalogue: Catalogue, has: Has, code: str) -> bool:
    """Whether a service goes with all others: on, with what it needs and nothing it excludes; off, needed by none."""
    if not is_on(has, code):
        return not any(is_on(has, name) for name in with_dependants(catalogue, [code]))
    needs = all(is_on(has, name) for name in needed(catalogue, code))
    return needs and not any(is_on(has, name) for name in excluded_by(catalogue, [code]))


def of_month(price: Money, day: date, *, is_day_counted: bool) -> Money:
    """The share of the days from `day` to the end of its calendar month, rounded to the nearest cent, halves up."""
    length = monthrange(day.year, day.month)[1]
    days = length - day.day + is_day_counted
    return Money((2 * price.cents * days + length) // (2 * length))


def signed(sign: int, amount: Money) -> Money:
    return Money(sign * amount.cents)


def count_of(setting: Setting) -> int:
    """How many there are of a counted service."""
    return int(setting.value or 0) if setting.is_on else 0


def is_on(has: Has, code: str) -> bool:
    return has.get(code, OFF).is_on


def needed(catalogue: Catalogue, code: str) -> list[str]:
    """Everything that has to be on for a service, each after what it needs itself."""
    found: list[str] = []
    for name in catalogue.by_code[code].needs:
        found += [one for one in [*needed(catalogue, name), name] if one not in found]
    return found


def excluded_by(catalogue: Catalogue, on: list[str]) -> list[str]:
    """What cannot be on beside any of these."""
    named = {name for code in on for name in catalogue.by_code[code].excludes}
    return [code for code, other in catalogue.by_code.items() if code in named or set(on) & set(other.excludes)]


def with_dependants(catalogue: Catalogue, codes: list[str]) -> list[str]:
    """These and all that needs one of them, whoever depends before what it depends on."""
    reached = [code for code in catalogue.by_code if code in codes or set(needed(catalogue, code)) & set(codes)]
    return sorted(reached, key=lambda code: -len(needed(catalogue, code)))


def is_related(catalogue: Catalogue, code: str, other: str) -> bool:
    """Whether one of two services needs the other or cannot be on beside it."""
    known = catalogue.by_code
    if code not in known or other not in known:
        return code == other
    needs = code in needed(catalogue, other) or other in needed(catalogue, code)
    return code == other or needs or other in known[code].excludes or code in known[other].excludes
