"""The nightly run: the ladder of every account, brought to a day. Safe to kill, to repeat and to run twice at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from uuid import UUID

from portal.billing.open_items import IS_OWED
from portal.customers.locking import lock_account
from portal.database import connection, transaction
from portal.dunning.arriving import Tick, note_arrived, post_missing, unheard
from portal.dunning.carrying_out import order_again
from portal.dunning.cases import NIGHTLY
from portal.dunning.chunks import chunks
from portal.dunning.deferrals import deferring
from portal.dunning.moving import Moved, move_due
from portal.dunning.opening import open_due
from portal.dunning.proofs import proving
from portal.dunning.settling import owed_changed
from portal.failures import passed_over, raise_first


class Phase(StrEnum):
    """What the run does one after the other, as whoever watches it reads it."""

    AGAIN = "Ordering again what was left"
    DEFERRALS = "Ending deferrals"
    PROOFS = "Ending proofs of payment"
    ARRIVED = "Noting what arrived"
    POSTED = "Posting what did not"
    CLOSED = "Closing what is settled"
    OPENED = "Opening cases"
    MOVED = "Moving cases"


@dataclass
class Summary:
    """What a run did. `steps`: (policy, step) → cases and the cents overdue with them."""

    arrived: int = 0
    posted: int = 0
    closed: int = 0
    opened: int = 0
    steps: dict[tuple[str, str], tuple[int, int]] = field(default_factory=lambda: defaultdict(lambda: (0, 0)))

    @property
    def moved(self) -> int:
        return sum(count for count, _ in self.steps.values())

    def add(self, chunk: Moved) -> None:
        for step, (count, cents) in chunk.steps.items():
            before = self.steps[step]
            self.steps[step] = before[0] + count, before[1] + cents


Progress = Callable[[Phase, int], None]
"""Hears when a phase begins, and after each chunk how many of it are done."""


async def run(
    today: date, at: datetime, *, progress: Progress = lambda *_: None, only: Sequence[UUID] | None = None
) -> Summary:
    """Bring every account, or `only` these, to `today`. Each chunk is committed.

    What fails for one account, or in one phase, holds up no other; it is raised when all is done.
    """
    done = Summary()
    failures: list[Exception] = []
    with passed_over(failures), phase(progress, Phase.AGAIN):
        await order_again(at)
    with passed_over(failures), phase(progress, Phase.DEFERRALS):
        await deferring.end_lapsed(today, at, only)
    with passed_over(failures), phase(progress, Phase.PROOFS):
        await proving.end_lapsed(today, at, only)
    with passed_over(failures), phase(progress, Phase.ARRIVED) as tick:
        done.arrived = await note_arrived(today, at, only, tick=tick)
    with passed_over(failures), phase(progress, Phase.POSTED) as tick:
        done.posted = await post_missing(today, at, only, tick=tick)
    with passed_over(failures), phase(progress, Phase.CLOSED) as tick:
        done.closed = await close_settled(today, at, only, tick=tick)
    with phase(progress, Phase.OPENED) as tick:
        async for opened in open_due(today, at, only):
            done.opened += opened
            tick(done.opened)
    with phase(progress, Phase.MOVED) as tick:
        async for chunk in move_due(today, at, only):
            done.add(chunk)
            tick(done.moved)
    raise_first(failures)
    return done


@contextmanager
def phase(progress: Progress, begun: Phase) -> Iterator[Tick]:
    progress(begun, 0)
    yield partial(progress, begun)


async def expected(today: date) -> dict[Phase, int]:
    """About how many there are of a phase, at most: some of the due cases are held, and not every new one moves."""
    async with connection() as connected:
        row = await connected.fetchrow(EXPECTED, today)
    return {Phase.OPENED: row["new"], Phase.MOVED: row["due"] + row["new"]}


async def close_settled(today: date, at: datetime, only: Sequence[UUID] | None = None, *, tick: Tick = unheard) -> int:
    """Cases whose bill was settled without us being told, such as by a correction: closed, or counted anew.

    Payments, cancelled bills and decisions tell at once, so what is left is few: a transaction each. Returns how many.
    """
    count = 0
    failures: list[Exception] = []
    async for cases in chunks(OPEN, today, only):
        for account in (row["id"] for row in cases if row["is_settled"]):
            with passed_over(failures):
                await look_again(account, at)
            count += 1
            tick(count)
    raise_first(failures)
    return count


async def look_again(account: UUID, at: datetime) -> None:
    async with transaction() as connected:
        await lock_account(connected, account)
        await owed_changed(account, payment=None, reason="its bill is settled", decided_by=NIGHTLY, at=at)


# By account, for which there is an index of open cases. A terminated one stays open until its claim is paid: it is not
# looked at every night.
OPEN = f"""
    SELECT c.account AS id, (b.open_cents <= b.disputed_cents OR b.due_on >= $3) AND (
               NOT EXISTS (
                   SELECT FROM terminations t JOIN bills k ON k.id = t.claim
                   WHERE t.dunning_case = c.id AND t.reversed_at IS NULL AND k.open_cents > 0
               ) OR EXISTS (
                   SELECT FROM bills WHERE account = c.account AND {IS_OWED}
                     AND due_on < $3
               ) OR EXISTS (
                   SELECT FROM suspensions s LEFT JOIN reconnections r ON r.suspension = s.id
                   WHERE s.account = c.account AND s.ended_at IS NULL AND r.id IS NULL
               )
           ) AS is_settled
    FROM (
        SELECT id, account, bill FROM dunning_cases
        WHERE closed_at IS NULL AND account > $1 AND ($4::uuid[] IS NULL OR account = ANY ($4))
        ORDER BY account LIMIT $2
    ) c
    JOIN bills b ON b.id = c.bill
    ORDER BY c.account
"""  # noqa: S608 - our own words
EXPECTED = f"""
    SELECT (SELECT count(*) FROM dunning_cases WHERE closed_at IS NULL AND next_on <= $1) AS due,
           (SELECT count(DISTINCT account) FROM bills
            WHERE {IS_OWED} AND due_on < $1 AND NOT EXISTS (
                SELECT FROM dunning_cases d WHERE d.account = bills.account AND d.closed_at IS NULL
            )) AS new
"""  # noqa: S608 - our own words
