"""What happens of itself each day, at its moments: letters are printed, the ladder moves, debts are exported."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from portal import clock
from portal.dunning import nightly
from portal.dunning.arriving import note_arrived
from portal.dunning.endings.exporting import export
from portal.dunning.policy import HandOverTo
from portal.messaging import batches
from portal.messaging.printing import print_letters
from portal.sandbox.meter import measure

PRINT_HOUSE = "print house"
ONE_DAY = timedelta(days=1)

Only = Sequence[UUID] | None
"""The accounts that it is for; None: all."""


class Moment(NamedTuple):
    at: datetime
    do: Callable[[datetime, Only], Awaitable[None]]


def moments(after: datetime, until: datetime) -> Iterator[Moment]:
    """Those that lie after the one and not after the other, in order."""
    day = after.astimezone(UTC).date()
    while day <= until.date():
        for moment in of_day(day):
            if after < moment.at <= until:
                yield moment
        day += ONE_DAY


def of_day(day: date) -> Iterator[Moment]:
    for hour, do in BY_HOUR:
        yield Moment(datetime.combine(day, hour, UTC), do)


async def print_and_post(at: datetime, _: Only = None) -> None:
    """The print house takes what is printed at once."""
    if not (await batches.waiting()).waiting:
        return
    for batch in await print_letters(at):
        await batches.hand_over(batch.number, PRINT_HOUSE, at)


async def run_the_ladder(at: datetime, only: Only = None) -> None:
    await nightly.run(clock.day_of(at), at, only=only)


async def note_arrivals(at: datetime, only: Only = None) -> None:
    """The SMS of this morning; the queue's own schedule goes by the machine's time."""
    await note_arrived(clock.day_of(at), at, only)


async def export_debts(at: datetime, only: Only = None) -> None:
    if only is None:  # nobody's past has gone that far
        for to in HandOverTo:
            await export(to, at)


async def measure_use(at: datetime, only: Only = None) -> None:
    if only is None:  # what was used in somebody's past is told by their bills
        await measure(at)


BY_HOUR = (
    (time(1), measure_use),
    (time(1, 30), print_and_post),
    (time(6, 15), run_the_ladder),
    (time(6, 30), note_arrivals),
    (time(6, 45), export_debts),
    (time(13), measure_use),
    (time(19), measure_use),
)
"""By UTC, when the queue's schedules have them."""
