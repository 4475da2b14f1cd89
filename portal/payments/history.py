"""Every payment of an account, newest first: what came and settled what, what is on its way, what did not succeed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from portal.customers.tables import Account
from portal.money import Money
from portal.payments.received import BECAME, Came
from portal.payments.tables import Method
from portal.statements import Statement

PAGE = 20
FAILED_SHOWN = timedelta(days=30)
"""How long a payment that did not succeed is worth telling of."""


class Outcome(StrEnum):
    BOOKED = "booked"
    PENDING = "pending"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Settled:
    """What a payment settled of a bill. `is_credit_used`: all of it not when it came, but later, from its credit."""

    payment: UUID
    bill: UUID
    number: str
    total_cents: int
    amount_cents: int
    is_credit_used: bool
    at: datetime

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)

    @property
    def is_whole(self) -> bool:
        return self.amount_cents == self.total_cents


@dataclass(frozen=True)
class Listed(Came):
    """A payment, or an attempt that has become none. `by_guest`: at `/pay`, without signing in."""

    id: UUID
    attempt: UUID | None
    outcome: Outcome
    at: datetime
    amount_cents: int
    number: int | None
    method: Method | None
    card: str | None
    by_guest: bool
    credit_cents: int
    returned_cents: int
    paid_out_cents: int
    settled: list[Settled] = field(default_factory=list)

    @property
    def has_receipt(self) -> bool:
        return self.outcome == Outcome.BOOKED and self.method != Method.CREDIT_NOTE


async def history_of(account: Account, number: int, at: datetime) -> tuple[list[Listed], bool]:
    """A page, counted from 1, and whether there is an older one."""
    rows = await HISTORY.all(
        account=account.id, failed_since=at - FAILED_SHOWN, most=PAGE + 1, before=(number - 1) * PAGE
    )
    shown = rows[:PAGE]
    for settled in await settled_by([row.id for row in shown]):
        next(row for row in shown if row.id == settled.payment).settled.append(settled)
    return shown, len(rows) > PAGE


async def settled_by(payments: Sequence[UUID]) -> list[Settled]:
    """Without what a reversal has opened again."""
    return await SETTLED.all(payments=list(payments))


HISTORY = Statement(
    f"""
    SELECT p.id, p.attempt, 'booked' AS outcome, p.booked_at AS at, p.amount_cents, p.number, p.method, p.card,
           COALESCE(t.id IS NOT NULL AND t.login IS NULL, false) AS by_guest,
           {BECAME}
    FROM payments p
    LEFT JOIN payment_attempts t ON t.id = p.attempt
    LEFT JOIN credits c ON c.payment = p.id
    WHERE p.account = $1
    UNION ALL
    SELECT id, id, state, updated_at, amount_cents, NULL, NULL, NULL, login IS NULL, 0, 0, 0
    FROM payment_attempts
    WHERE account = $1 AND (state IN ('pending', 'held') OR (state = 'failed' AND updated_at > $2))
    ORDER BY at DESC, id DESC LIMIT $3 OFFSET $4
    """,  # noqa: S608 - our own words
    Listed,
    ("account", "failed_since", "most", "before"),
)
SETTLED = Statement(
    """
    SELECT al.payment, b.id AS bill, b.number, b.total_cents, sum(al.amount_cents)::bigint AS amount_cents,
           bool_and(al.reversal IS NULL AND al.at <> p.booked_at) FILTER (WHERE al.amount_cents > 0) AS is_credit_used,
           max(al.at) AS at
    FROM allocations al
    JOIN bills b ON b.id = al.bill
    JOIN payments p ON p.id = al.payment
    WHERE al.payment = ANY ($1)
    GROUP BY al.payment, b.id, b.number, b.total_cents, b.due_on
    HAVING sum(al.amount_cents) > 0
    ORDER BY b.due_on, b.number
    """,
    Settled,
    ("payments",),
)
