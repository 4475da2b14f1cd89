"""Payments that wait for a person: money came that is not what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.money import Money
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class HeldPayment:
    """`session`: where Stripe shows what came; `since`: when it was held."""

    account: str
    asked_cents: int
    session: str
    since: datetime

    @property
    def asked(self) -> Money:
        return Money(self.asked_cents)


HELD = Statement(
    """
    SELECT a.number AS account, t.amount_cents AS asked_cents, t.stripe_session AS session, t.updated_at AS since
    FROM payment_attempts t JOIN accounts a ON a.id = t.account
    WHERE t.state = 'held' ORDER BY t.updated_at
    """,
    HeldPayment,
)


async def held_payments() -> list[HeldPayment]:
    """The longest held first."""
    return await HELD.all()
