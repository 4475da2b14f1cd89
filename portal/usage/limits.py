"""The limit of what may be spent beyond the package on a line, as whoever signs in for the customer sets it.

Making it tighter needs nothing; making it looser needs a code that was entered a moment ago, because who holds a
signed-in phone in their hand may be a child.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from portal import audit, clock
from portal.database import transaction
from portal.jobs import enqueue
from portal.money import ZERO, Money
from portal.network.aspects import HOLD
from portal.network.lines import LineSeen
from portal.network.tables import OrderState
from portal.refusals import N_, Refusal
from portal.statements import Statement
from portal.usage import blocking
from portal.usage.policy import policy
from portal.usage.running import earliest_start
from portal.usage.tables import OnReaching, SpendingLimit
from portal.usage.warning import note_what_is_known

LOOK_AGAIN = timedelta(minutes=1)
"""An import that ran at the same time did not see the limit; by then it has ended."""


class ProofMissing(Refusal):
    """Nobody reads it: the page asks for a code and comes back."""

    status = 403
    message = N_("Please confirm with a code that it is you.")


@dataclass(frozen=True, slots=True)
class LimitSeen:
    """A line's limit, what was spent in the period that runs, and the block if one stands.

    Spending is None where it was not measured in this period. `ordered`: how far the newest order to the network about
    chargeable use has come.
    """

    limit_cents: int | None
    on_reaching: OnReaching | None
    period_from: date | None
    period_to: date | None
    spent_cents: int | None
    measured_at: datetime | None
    blocked_at: datetime | None
    ordered: OrderState | None

    @property
    def limit(self) -> Money | None:
        return None if self.limit_cents is None else Money(self.limit_cents)

    @property
    def spent(self) -> Money | None:
        return None if self.spent_cents is None else Money(self.spent_cents)

    @property
    def is_reached(self) -> bool:
        return self.limit is not None and self.spent is not None and self.spent >= self.limit

    @property
    def left(self) -> Money:
        """Until the limit, where both are known; nothing where it is passed."""
        return max(ZERO, Money((self.limit_cents or 0) - (self.spent_cents or 0)))

    @property
    def percent_left(self) -> int:
        return self.left.cents * 100 // self.limit_cents if self.limit_cents else 0

    @property
    def is_blocked(self) -> bool:
        """As we asked the network; whether it has done so says `ordered`."""
        return self.blocked_at is not None

    @property
    def blocks(self) -> bool:
        return self.on_reaching == OnReaching.BLOCK

    def is_stale(self, at: datetime) -> bool:
        return self.measured_at is not None and at - self.measured_at > policy().measured.stale_after

    def would_loosen(self, limit: Money, on_reaching: OnReaching) -> bool:
        """A higher limit, or one that no longer blocks."""
        if self.limit is None:
            return False
        return limit > self.limit or (self.blocks and on_reaching != OnReaching.BLOCK)


async def limit_of(line: UUID, today: date) -> LimitSeen:
    seen = await SEEN.first(line=line, today=today, earliest=earliest_start(today))
    assert seen is not None, "the statement has a row for any line"
    return seen


async def put_limit(
    line: LineSeen, limit: Money, on_reaching: OnReaching, *, login: UUID, is_proven: bool, at: datetime
) -> None:
    """Set or change it. One that is reached already blocks at once, if it is to. Raises ProofMissing."""
    async with transaction() as connected:
        await connected.execute(HOLD, [line.id])
        if not is_proven and (await limit_of(line.id, clock.day_of(at))).would_loosen(limit, on_reaching):
            raise ProofMissing
        await connected.execute(PUT, line.id, limit.cents, on_reaching, at, login)
        await note_what_is_known(connected, line.id, clock.day_of(at), at)
        await blocking.keep(line.id, at)
        await enqueue("usage.look_again", after=LOOK_AGAIN, line=str(line.id))
        await audit.note(
            audit.Event.SPENDING_LIMIT_SET,
            login=login,
            account=line.account,
            line=str(line.id),
            cents=limit.cents,
            on_reaching=str(on_reaching),
        )


async def remove_limit(line: LineSeen, *, login: UUID, at: datetime) -> None:
    """Whoever asks was just proven by the page's guard. Where there is none, nothing happens."""
    async with transaction() as connected:
        await connected.execute(HOLD, [line.id])
        removed = await SpendingLimit.delete().where(SpendingLimit.line == line.id).returning(SpendingLimit.line)
        await blocking.keep(line.id, at)
        if removed:
            removal = audit.Event.SPENDING_LIMIT_REMOVED
            await audit.note(removal, login=login, account=line.account, line=str(line.id))


PUT = """
    INSERT INTO spending_limits (line, limit_cents, on_reaching, set_at, set_by) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (line) DO UPDATE SET
        limit_cents = excluded.limit_cents, on_reaching = excluded.on_reaching, set_at = excluded.set_at,
        set_by = excluded.set_by
"""
SEEN = Statement(
    """
    SELECT m.limit_cents, m.on_reaching, s.period_from, s.period_to, s.spent_cents, s.measured_at, b.blocked_at, o.state
           AS ordered
    FROM (SELECT $1::uuid AS line) n
    LEFT JOIN spending_limits m ON m.line = n.line
    LEFT JOIN spending_blocks b ON b.line = n.line AND b.lifted_at IS NULL
    LEFT JOIN LATERAL (
        SELECT period_from, period_to, spent_cents, measured_at FROM usage_spending
        WHERE line = n.line AND period_from BETWEEN $3 AND $2 AND period_to >= $2 ORDER BY period_from DESC LIMIT 1
    ) s ON true
    LEFT JOIN LATERAL (
        SELECT state FROM service_orders WHERE line = n.line AND service = 'chargeable_use'
        ORDER BY asked_at DESC, id DESC LIMIT 1
    ) o ON true
    """,
    LimitSeen,
    ("line", "today", "earliest"),
)
