"""What changed from one bill to the next of its series. The changes sum to the difference of the bills' lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from portal.billing.positions import Position
from portal.billing.tables import BillLine, BillLineKind
from portal.money import Money

Told = Position | BillLine

BY_KIND = frozenset({BillLineKind.USAGE, BillLineKind.ROAMING})
"""What was used differs every month in its details: it is told as one sum for a telephone number."""


class Way(StrEnum):
    """How something stands on this bill against the last one; `replaced`: another package instead of one."""

    NEW = "new"
    ENDED = "ended"
    DEARER = "dearer"
    CHEAPER = "cheaper"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Change:
    """`what`: the words of the bill, None where its kind says it; `before`: what a package stands instead of.

    `lines`: of which this is true alike; None among them is the account itself. `now` and `then` are sums over them.
    """

    kind: BillLineKind
    way: Way
    what: str | None
    before: str | None
    lines: tuple[UUID | None, ...]
    now: Money
    then: Money

    @property
    def difference(self) -> Money:
        return self.now - self.then


@dataclass(slots=True)
class Item:
    """What is the same thing on both bills."""

    kind: BillLineKind
    line: UUID | None
    now: list[Told] = field(default_factory=list)
    then: list[Told] = field(default_factory=list)

    def change(self) -> Change:
        now, then = Money.sum(line.amount for line in self.now), Money.sum(line.amount for line in self.then)
        return Change(self.kind, self.way(now - then), words_of(self), self.before, (self.line,), now, then)

    def way(self, difference: Money) -> Way:
        if self.before:
            return Way.REPLACED
        if not self.then:
            return Way.NEW
        if not self.now:
            return Way.ENDED
        return Way.DEARER if difference.is_positive else Way.CHEAPER

    @property
    def before(self) -> str | None:
        """The package that was there, where it is another one now."""
        if self.kind != BillLineKind.SUBSCRIPTION or not (self.now and self.then):
            return None
        was = self.then[0].description
        return was if was != self.now[0].description else None


def changes(now: Iterable[Told], then: Iterable[Told]) -> list[Change]:
    """From the bill that stood `then` to that of `now`, the largest first. What stayed as it was is left out."""
    told = [item.change() for item in with_packages(items_of(now, then))]
    differing = [change for change in told if change.difference or change.way == Way.REPLACED]
    return sorted(alike(differing), key=lambda change: -abs(change.difference.cents))


def items_of(now: Iterable[Told], then: Iterable[Told]) -> list[Item]:
    items: dict[tuple[UUID | None, str, str], Item] = {}
    for lines, is_now in ((now, True), (then, False)):
        for line in lines:
            known = known_by(line)
            if (item := items.get(known)) is None:
                item = items[known] = Item(BillLineKind(line.kind), line.line)
            (item.now if is_now else item.then).append(line)
    return list(items.values())


def known_by(line: Told) -> tuple[UUID | None, str, str]:
    """By what something is found again on the other bill; the seventh instalment follows the sixth."""
    if line.kind in BY_KIND:
        return line.line, line.kind, ""
    if line.kind == BillLineKind.INSTALMENT:
        return line.line, line.kind, f"{line.instalments} {re.sub('[0-9]', '', line.description)}"
    return line.line, line.kind, line.description


def with_packages(items: Sequence[Item]) -> Iterator[Item]:
    """Where one package ended and another began on the same number, the one stands instead of the other."""
    ended = lone_packages(item for item in items if not item.now)
    begun = lone_packages(item for item in items if not item.then)
    for item in items:
        if item is begun.get(item.line) and item.line in ended:
            yield replace(item, then=ended[item.line].then)
        elif item is not ended.get(item.line) or item.line not in begun:
            yield item


def lone_packages(items: Iterable[Item]) -> dict[UUID | None, Item]:
    """Number → its package, where these have one alone."""
    found: dict[UUID | None, list[Item]] = {}
    for item in items:
        if item.kind == BillLineKind.SUBSCRIPTION:
            found.setdefault(item.line, []).append(item)
    return {line: packages[0] for line, packages in found.items() if len(packages) == 1}


def words_of(item: Item) -> str | None:
    """As the bill says it, if it says one thing."""
    said = {line.description for line in item.now or item.then}
    if item.kind in BY_KIND:
        said |= {line.description for line in item.then}
    return said.pop() if len(said) == 1 else None


def alike(told: Iterable[Change]) -> list[Change]:
    """What changed by the same amount on many numbers is told once."""
    found: dict[tuple[object, ...], Change] = {}
    for one in told:
        key = (one.kind, one.way, one.what, one.before, one.difference)
        same = found.get(key)
        found[key] = one if same is None else together(same, one)
    return list(found.values())


def together(one: Change, other: Change) -> Change:
    return replace(one, lines=one.lines + other.lines, now=one.now + other.now, then=one.then + other.then)
