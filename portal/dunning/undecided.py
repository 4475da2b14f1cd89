"""What waits for a person to decide: proofs of payment, objections to bills, longer deferrals, fees that no bill holds
yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.billing.open_items import owed_cents
from portal.money import Money
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class WaitingProof:
    """`account`: its number; `overdue_cents`: what is overdue of it and not disputed."""

    id: UUID
    account: str
    name: str
    size: int
    sent_at: datetime
    overdue_cents: int

    @property
    def overdue(self) -> Money:
        return Money(self.overdue_cents)


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """`account`, `bill`: their numbers."""

    id: UUID
    account: str
    bill: str
    total_cents: int
    undisputed_cents: int
    opened_at: datetime
    reason: str

    @property
    def total(self) -> Money:
        return Money(self.total_cents)

    @property
    def undisputed(self) -> Money:
        return Money(self.undisputed_cents)


@dataclass(frozen=True, slots=True)
class WaitingFee:
    id: UUID
    kind: str
    amount_cents: int
    incurred_on: date

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """`is_their_tax_number`: None where we have none of the customer to compare it with."""

    id: UUID
    account: str
    name: str
    wished_until: date
    telephone: str
    tax_number: str
    is_their_tax_number: bool | None
    words: str
    asked_at: datetime
    owed_cents: int

    @property
    def owed(self) -> Money:
        return Money(self.owed_cents)


WAITING_PROOFS = Statement(
    f"""
    SELECT p.id, a.number AS account, p.name, p.size, p.sent_at,
           {owed_cents("a.id", "$1")} AS overdue_cents
    FROM proofs p JOIN accounts a ON a.id = p.account WHERE p.state = 'waiting' ORDER BY p.sent_at, p.id
    """,  # noqa: S608 - our own words
    WaitingProof,
    ("today",),
)
OPEN_DISPUTES = Statement(
    """
    SELECT d.id, a.number AS account, b.number AS bill, b.total_cents, d.undisputed_cents, d.opened_at, d.reason
    FROM disputes d JOIN bills b ON b.id = d.bill JOIN accounts a ON a.id = d.account
    WHERE d.outcome IS NULL ORDER BY d.opened_at, d.id
    """,
    OpenDispute,
)
WAITING_FEES = Statement(
    """
    SELECT c.id, c.kind, c.amount_cents, c.incurred_on FROM charges c JOIN accounts a ON a.id = c.account
    WHERE a.number = $1 AND c.bill IS NULL AND c.waived_at IS NULL ORDER BY c.incurred_on, c.id
    """,
    WaitingFee,
    ("account",),
)
WAITING_REQUESTS = Statement(
    f"""
    SELECT r.id, a.number AS account, c.name, r.wished_until, r.telephone, r.tax_number,
           c.tax_number = r.tax_number AS is_their_tax_number, r.words, r.asked_at,
           {owed_cents("a.id", "$1")} AS owed_cents
    FROM deferral_requests r JOIN accounts a ON a.id = r.account JOIN customers c ON c.id = a.customer
    WHERE r.state = 'asked' ORDER BY r.asked_at, r.id
    """,  # noqa: S608 - our own words
    WaitingRequest,
    ("today",),
)
