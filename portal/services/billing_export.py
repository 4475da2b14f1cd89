"""What the billing system charges, or no longer: paid changes that the network has confirmed. See docs/services.md."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.database import transaction
from portal.money import Money


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A paid change as the network has confirmed it. `withdrawn_at`: the customer took it back; `undoes`: it takes
    another one back, by that withdrawal or, where nobody asked for it, because what it belonged to was refused.
    """

    id: UUID
    occasion: UUID
    account: str
    contract: str
    line: str
    service: str
    is_on: bool
    value: str | None
    billed: str
    price_cents: int
    catalogue: str
    asked_at: datetime
    is_asked: bool
    done_at: datetime
    withdrawn_at: datetime | None
    undoes: UUID | None

    @property
    def row(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "occasion": str(self.occasion),
            "account": self.account,
            "contract": self.contract,
            "line": self.line,
            "service": self.service,
            "on": self.is_on,
            "value": self.value,
            "billed": self.billed,
            "price": Money(self.price_cents).plain,
            "catalogue": self.catalogue,
            "asked_at": self.asked_at.isoformat(),
            "done_at": self.done_at.isoformat(),
            "withdrawn_at": self.withdrawn_at.isoformat() if self.withdrawn_at else None,
            "undoes": str(self.undoes) if self.undoes else None,
            "reason": self.reason,
        }

    @property
    def reason(self) -> str:
        """`asked`, `withdrawn` (what was used is owed) or `put_back` (nothing is)."""
        if self.undoes is None:
            return "asked"
        return "withdrawn" if self.is_asked else "put_back"


async def changes(since: datetime) -> AsyncIterator[dict[str, Any]]:
    """Everything that was done or taken back at `since` or later, in the order it was done. The same again is the same.

    Read a few hundred at a time from one snapshot, so memory stays flat.
    """
    async with transaction("repeatable_read") as connected:
        async for row in connected.cursor(CHANGES, since, prefetch=500):
            yield Confirmed(**row).row


CHANGES = """
    SELECT s.id, s.occasion, a.number AS account, t.number AS contract, l.number AS line, s.service, s.is_on, s.value,
           s.billed, s.price_cents, s.catalogue, s.asked_at, s.asked_by IS NOT NULL AS is_asked, s.ended_at AS done_at,
           s.withdrawn_at, s.undoes
    FROM switches s
    JOIN lines l ON l.id = s.line
    JOIN accounts a ON a.id = l.account
    JOIN contracts t ON t.id = l.contract
    WHERE s.state = 'done' AND s.billed <> 'free' AND (s.ended_at >= $1 OR s.withdrawn_at >= $1)
    ORDER BY s.ended_at, s.id
"""
