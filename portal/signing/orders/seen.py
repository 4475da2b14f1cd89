"""Orders as staff and the sales system see them: how far each is, and what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.database import transaction
from portal.money import Money
from portal.signing.orders.faults import NoSuchOrder
from portal.signing.orders.states import SEEN, WAITING, State
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """`expires_at`: 24 hours after it was placed. `ended_at`: when it came to its outcome, None before that."""

    id: UUID
    number: str
    kind: str
    source: str
    state: str
    customer: str
    customer_name: str
    account: str | None
    contract: str | None
    signatory: str
    email: str
    contact_number: str | None
    identification: str
    identified_at: datetime | None
    identified_as: str | None
    instead: str
    amount_cents: int | None
    placed_at: datetime
    received_at: datetime
    expires_at: datetime
    envelope: UUID | None
    blocked_as: str | None
    blocked_at: datetime | None
    decline_reason: str | None
    decline_words: str | None
    ended_at: datetime | None
    went_on_at: datetime | None

    @property
    def outcome(self) -> str | None:
        """`signed`, `declined`, `expired`, `not_identified` or `without_signature`; None while it waits."""
        return None if self.state in WAITING else self.state

    @property
    def row(self) -> dict[str, Any]:
        """For the sales system: nothing of the person that it did not tell us itself."""
        return {
            "id": str(self.id),
            "number": self.number,
            "kind": self.kind,
            "customer": self.customer,
            "account": self.account,
            "contract": self.contract,
            "state": self.state,
            "outcome": self.outcome,
            "instead": self.instead if self.outcome in (State.EXPIRED, State.NOT_IDENTIFIED) else None,
            "amount": None if self.amount_cents is None else Money(self.amount_cents).plain,
            "identification": self.identification,
            "identified_as": self.identified_as,
            "blocked_as": self.blocked_as if self.state == State.BLOCKED else None,
            "decline_reason": self.decline_reason,
            "decline_words": self.decline_words,
            "placed_at": written(self.placed_at),
            "received_at": written(self.received_at),
            "expires_at": written(self.expires_at),
            "ended_at": written(self.ended_at),
            "went_on_at": written(self.went_on_at),
        }


def written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


async def seen(number: str, at: datetime) -> OrderSeen:
    """Raises NoSuchOrder."""
    found = await ONE.first(at=at, number=number)
    if found is None:
        raise NoSuchOrder(number)
    return found


async def listed(state: State | None, at: datetime, most: int) -> list[OrderSeen]:
    """Of the last 30 days, the latest first. `state`: only those; None: those that wait for something."""
    states = [state] if state is not None else sorted(WAITING)
    return await LISTED.all(at=at, states=states, most=most)


async def latest(source: str, at: datetime, most: int) -> list[OrderSeen]:
    """Of one source, whatever became of them, the latest first."""
    return await LATEST.all(at=at, source=source, most=most)


async def decided(since: datetime, at: datetime) -> AsyncIterator[dict[str, Any]]:
    """All that came to their outcome at `since` or later, in that order. The same again is the same.

    Read a few hundred at a time from one snapshot, so memory stays flat.
    """
    async with transaction("repeatable_read") as connected:
        async for row in connected.cursor(DECIDED, at, since, prefetch=500):
            yield OrderSeen(**row).row


ONE = Statement(SEEN.format(select="SELECT * FROM seen WHERE number = $2"), OrderSeen, ("at", "number"))
LISTED = Statement(
    SEEN.format(
        select="""
        SELECT * FROM seen WHERE state = ANY ($2) AND received_at > $1::timestamptz - interval '30 days'
        ORDER BY received_at DESC, id DESC LIMIT $3
        """
    ),
    OrderSeen,
    ("at", "states", "most"),
)
LATEST = Statement(
    SEEN.format(select="SELECT * FROM seen WHERE source = $2 ORDER BY received_at DESC, id DESC LIMIT $3"),
    OrderSeen,
    ("at", "source", "most"),
)
# Whoever could sign within 24 hours has a signature at most some days later, however long a time stamp was waited for.
DECIDED = SEEN.format(
    select="""
    SELECT * FROM seen
    WHERE ended_at >= $2::timestamptz AND received_at > $2::timestamptz - interval '30 days' ORDER BY ended_at, id
    """
)
