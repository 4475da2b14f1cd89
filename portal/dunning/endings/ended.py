"""Terminations as staff see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.money import Money
from portal.statements import Statement

MOST_LISTED = 30


@dataclass(frozen=True, slots=True)
class Ended:
    """`account`: its number; `claim`: that of the bill for the benefit.

    `is_stopped`: its ladder stands still until a person lets it go on.
    """

    account: str
    customer: str
    ended_on: date
    contracts: int
    claim: str | None
    claim_open_cents: int
    reversed_at: datetime | None
    reversed_by: str | None
    is_stopped: bool

    @property
    def claim_open(self) -> Money:
        return Money(self.claim_open_cents)


async def recent() -> list[Ended]:
    """The latest terminations first."""
    return await RECENT.all(most=MOST_LISTED)


RECENT = Statement(
    """
    SELECT a.number AS account, c.name AS customer, t.ended_on, t.reversed_at, t.reversed_by,
           (SELECT count(*) FROM ended_contracts WHERE termination = t.id)::int AS contracts,
           b.number AS claim, coalesce(b.open_cents, 0) AS claim_open_cents,
           t.reversed_at IS NOT NULL AND d.closed_at IS NULL AND d.next_step IS NULL AS is_stopped
    FROM terminations t
    JOIN accounts a ON a.id = t.account
    JOIN customers c ON c.id = a.customer
    JOIN dunning_cases d ON d.id = t.dunning_case
    LEFT JOIN bills b ON b.id = t.claim
    ORDER BY t.at DESC, t.id DESC LIMIT $1
    """,
    Ended,
    ("most",),
)
