"""Requests for credit to be paid back that wait for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.money import Money
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class WaitingRefund:
    """`account`: its number; `name`: whose it is, to compare the holder of the bank account with."""

    id: UUID
    account: str
    name: str
    amount_cents: int
    iban: str
    holder: str
    asked_at: datetime

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)


WAITING = Statement(
    """
    SELECT q.id, a.number AS account, c.name, q.amount_cents, q.iban, q.holder, q.asked_at
    FROM refund_requests q JOIN accounts a ON a.id = q.account JOIN customers c ON c.id = a.customer
    WHERE q.state = 'asked' ORDER BY q.asked_at
    """,
    WaitingRefund,
)
