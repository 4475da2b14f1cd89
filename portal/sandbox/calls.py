"""The calls, messages and connections of a period: together they are what was used in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random

from portal.billing.tables import BillLineKind
from portal.customers.quantities import AllowanceKind, CallKind
from portal.sandbox.sold import Item

HOME = "Slovenija"
AT_HOME = "+38640000***"
ABROAD = (("+447700900***", "Združeno kraljestvo"), ("+493023125***", "Nemčija"), ("+12025550***", "ZDA"))
"""Ranges that nobody has: Ofcom's, the Bundesnetzagentur's and the 555 numbers for films."""
VISITED = "Hrvaška"
MOST = {CallKind.CALL: 14, CallKind.SMS: 40, CallKind.DATA: 31}
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Call:
    """A call, a message or a connection. `cents`: what it costs beyond the package."""

    began_at: datetime
    kind: CallKind
    other_party: str | None
    place: str
    quantity: int
    cents: int = 0
    is_abroad: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """From the first day up to a moment."""

    first: date
    until: datetime

    def moment(self, n: int, count: int, chance: Random) -> datetime:
        """For the n-th of so many: spread over the days, by day."""
        days = (self.until.date() - self.first).days
        day = self.first + timedelta(days=n * days // count)
        hour = time(chance.randrange(6, 20), chance.randrange(60), chance.randrange(60))
        return min(datetime.combine(day, hour, UTC), self.until - (count - n) * MINUTE)


def whole(first: date, last: date) -> Stretch:
    """All of a period that is over."""
    return Stretch(first, datetime.combine(last, time(20), UTC))


def calls(seed: str, stretch: Stretch, used: Mapping[AllowanceKind, int], beyond: Sequence[Item]) -> list[Call]:
    """Those that make together what was used, and those that the package does not include. In order."""
    chance = Random(seed)
    made = [
        *within(stretch, CallKind.CALL, used.get(AllowanceKind.CALLS, 0), chance),
        *within(stretch, CallKind.SMS, used.get(AllowanceKind.MESSAGES, 0), chance),
        *within(stretch, CallKind.DATA, used.get(AllowanceKind.DATA, 0), chance),
        *visiting(stretch, used.get(AllowanceKind.ROAMING_DATA, 0), chance),
        *(call for item in beyond for call in charged(stretch, item, chance)),
    ]
    return sorted(made, key=lambda call: call.began_at)


def within(stretch: Stretch, kind: CallKind, quantity: int, chance: Random) -> Iterator[Call]:
    count = quantity if kind == CallKind.SMS else min(MOST[kind], quantity)
    other = None if kind == CallKind.DATA else AT_HOME
    for n, part in enumerate(parts(quantity, count, chance)):
        yield Call(stretch.moment(n, count, chance), kind, other, HOME, part)


def visiting(stretch: Stretch, quantity: int, chance: Random) -> Iterator[Call]:
    """Three days of a journey."""
    for n, part in enumerate(parts(quantity, min(3, quantity), chance)):
        yield Call(stretch.moment(n, 9, chance), CallKind.DATA, None, VISITED, part, is_abroad=True)


def charged(stretch: Stretch, item: Item, chance: Random) -> Iterator[Call]:
    """Of use that is paid for: three calls that cost its cents together."""
    if item.kind not in (BillLineKind.USAGE, BillLineKind.ROAMING):
        return
    third = item.cents // 3
    for n, cents in enumerate((third, third, item.cents - 2 * third)):
        other, place = chance.choice(ABROAD)
        at, lasted = stretch.moment(n, 3, chance), chance.randrange(60, 900)
        yield Call(at, CallKind.CALL, other, place, lasted, cents, is_abroad=item.kind == BillLineKind.ROAMING)


def parts(quantity: int, count: int, chance: Random) -> list[int]:
    """So many numbers, none of them zero, that make `quantity` together."""
    if count == 0:
        return []
    rest = quantity - count
    cuts = [0, *sorted(chance.randrange(rest + 1) for _ in range(count - 1)), rest]
    return [1 + later - earlier for earlier, later in pairwise(cuts)]
