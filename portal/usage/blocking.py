"""Switching off what is charged beyond the package when a limit is reached that asks for it, and on again.

Never carried over from what was decided elsewhere: under the line's lock it is seen anew whether a block is due, so
that imports, repetitions, corrections and changes of the limit end right in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from asyncpg import Connection

from portal import clock
from portal.database import transaction
from portal.failures import passed_over, raise_first
from portal.jobs import enqueue
from portal.messaging.daytime import until_morning
from portal.money import Money
from portal.network import switching
from portal.network.aspects import HOLD
from portal.network.tables import OrderState, Setting
from portal.statements import Statement
from portal.usage.running import earliest_start
from portal.usage.tables import SpendingBlock
from portal.usage.telling_of_blocks import BlockNews, tell_of_block

CHARGEABLE_USE = "chargeable_use"
"""The network's code for all that is charged beyond the package; on, unless it was switched off."""
ANSWERED = "usage.block_answered"
"""The job that comes after the network's answer."""
AT_A_TIME = 100
"""Lines that one job looks after."""


class LiftedBecause(StrEnum):
    PERIOD = "period"
    LIMIT = "limit"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Astray:
    """A line whose block is not as its limit asks. `due_in`: the period for which one is due; `block`: which stands.

    `limit_cents`: the limit that blocks, if any. `block_runs`: the period it was made in is not over.
    """

    line: UUID
    block: UUID | None
    block_runs: bool
    blocked_at_cents: int | None
    limit_cents: int | None
    due_in: date | None
    spent_cents: int | None

    @property
    def reason_to_lift(self) -> LiftedBecause:
        if not self.block_runs:
            return LiftedBecause.PERIOD
        return LiftedBecause.CORRECTION if self.limit_cents == self.blocked_at_cents else LiftedBecause.LIMIT


async def order_keeping(connected: Connection, lines: Sequence[UUID], today: date) -> None:
    """Jobs for the running transaction, for those of the lines whose block is not as it should be."""
    rows = await connected.fetch(ASTRAY_SQL, lines, today, earliest_start(today))
    astray = [str(row["line"]) for row in rows]
    for first in range(0, len(astray), AT_A_TIME):
        await enqueue("usage.keep_limits", lines=" ".join(astray[first : first + AT_A_TIME]))


async def keep_each(lines: Sequence[UUID], at: datetime) -> None:
    """Each by itself: one that fails holds up no other."""
    failures: list[Exception] = []
    for line in lines:
        with passed_over(failures):
            await keep(line, at)
    raise_first(failures)


async def keep(line: UUID, at: datetime) -> None:
    """Make the line's block what its limit and its spending ask for. The same again changes and orders nothing."""
    today = clock.day_of(at)
    async with transaction() as connected:
        await connected.execute(HOLD, [line])
        astray = await ASTRAY.first(lines=[line], today=today, earliest=earliest_start(today))
        if astray is not None and astray.block is not None:
            await lift(astray, at)
        if astray is not None and astray.due_in is not None:
            await block(astray, at)


async def block(astray: Astray, at: datetime) -> None:
    """In the running transaction."""
    made = SpendingBlock(
        line=astray.line,
        period_from=astray.due_in,
        spent_cents=astray.spent_cents,
        limit_cents=astray.limit_cents,
        blocked_at=at,
    )
    await made.save()
    await switching.switch(astray.line, CHARGEABLE_USE, Setting(False), then=ANSWERED, at=at)
    await tell_of_block(astray.line, made.id, BlockNews.BLOCKED, Money(made.limit_cents), at)


async def lift(astray: Astray, at: datetime) -> None:
    """In the running transaction. That it works again is told when the network has confirmed it."""
    await SpendingBlock.update(
        {SpendingBlock.lifted_at: at, SpendingBlock.lifted_because: astray.reason_to_lift}
    ).where(SpendingBlock.id == astray.block)
    await switching.switch(astray.line, CHARGEABLE_USE, Setting(True), then=ANSWERED, at=at)


async def tell_what_became(order: UUID, at: datetime) -> None:
    """The network has answered an order: a block that it refuses, and a lift that it confirmed, are told. A lift that
    the customer did not bring about waits for the morning.
    """
    answered = await LAST_BLOCK.first(order=order)
    if answered is None or answered.news is None:
        return
    is_unasked = answered.lifted_because in (LiftedBecause.PERIOD, LiftedBecause.CORRECTION)
    wait = until_morning(at) if is_unasked else None
    async with transaction():
        if wait:
            await enqueue(ANSWERED, after=wait, order=str(order))
        else:
            await tell_of_block(answered.line, answered.block, answered.news, Money(answered.limit_cents), at)


async def lift_old(at: datetime) -> None:
    """Blocks of periods that are over: jobs for them, some lines each."""
    async with transaction() as connected:
        rows = await connected.fetch("SELECT line FROM spending_blocks WHERE lifted_at IS NULL ORDER BY line")
        await order_keeping(connected, [row["line"] for row in rows], clock.day_of(at))


@dataclass(frozen=True, slots=True)
class Answered:
    """An order of ours that the network has answered, with the line's newest block."""

    line: UUID
    is_on: bool
    state: OrderState
    block: UUID
    limit_cents: int
    lifted_because: LiftedBecause | None

    @property
    def news(self) -> BlockNews | None:
        """None: nothing to tell, or something newer has overtaken it."""
        is_standing = self.lifted_because is None
        if is_standing and not self.is_on and self.state == OrderState.REFUSED:
            return BlockNews.NOT_BLOCKED
        if not is_standing and self.is_on and self.state == OrderState.CONFIRMED:
            return BlockNews.LIFTED
        return None


# $1 lines, $2 today, $3 the earliest day a running period can begin on. Of several periods that run the latest counts.
# Where the contract has ended there is no line in the network to switch.
ASTRAY_SQL = """
    SELECT n.line, b.id AS block, b.limit_cents AS blocked_at_cents, m.limit_cents,
           s.period_from AS due_in, s.spent_cents,
           EXISTS (SELECT FROM usage_spending o WHERE o.line = b.line AND o.period_from = b.period_from
                   AND o.period_from BETWEEN $3 AND $2 AND o.period_to >= $2) AS block_runs
    FROM (
        SELECT line FROM spending_limits WHERE line = ANY ($1) AND on_reaching = 'block'
        UNION SELECT line FROM spending_blocks WHERE line = ANY ($1) AND lifted_at IS NULL
    ) n
    JOIN lines l ON l.id = n.line
    JOIN contracts t ON t.id = l.contract AND (t.ended_on IS NULL OR t.ended_on > $2)
    LEFT JOIN spending_blocks b ON b.line = n.line AND b.lifted_at IS NULL
    LEFT JOIN spending_limits m ON m.line = n.line AND m.on_reaching = 'block'
    LEFT JOIN LATERAL (
        SELECT u.period_from, u.spent_cents FROM usage_spending u
        WHERE u.line = m.line AND u.period_from BETWEEN $3 AND $2 AND u.period_to >= $2
        ORDER BY u.period_from DESC LIMIT 1
    ) s ON s.spent_cents >= m.limit_cents
    WHERE b.period_from IS DISTINCT FROM s.period_from
"""
ASTRAY = Statement(ASTRAY_SQL, Astray, ("lines", "today", "earliest"))
LAST_BLOCK = Statement(
    """
    SELECT o.line, o.is_on, o.state, b.id AS block, b.limit_cents, b.lifted_because
    FROM service_orders o
    CROSS JOIN LATERAL (
        SELECT id, limit_cents, lifted_because FROM spending_blocks WHERE line = o.line
        ORDER BY lifted_at IS NULL DESC, lifted_at DESC LIMIT 1
    ) b
    WHERE o.id = $1
    """,
    Answered,
    ("order",),
)
