"""What an account's credit is made of and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.customers.tables import Account
from portal.money import Money
from portal.payments.tables import Method, RefundRequest
from portal.statements import Statement

MOST = 24


@dataclass(frozen=True, slots=True)
class Source:
    """A payment of which something is left."""

    payment: UUID
    attempt: UUID | None
    method: Method
    booked_at: datetime
    paid_cents: int
    left_cents: int

    @property
    def paid(self) -> Money:
        return Money(self.paid_cents)

    @property
    def left(self) -> Money:
        return Money(self.left_cents)

    @property
    def path(self) -> str:
        return f"/payments/{self.attempt}" if self.attempt else f"/payments/received/{self.payment}"


@dataclass(frozen=True, slots=True)
class Used:
    """Credit that settled something of a bill."""

    bill: UUID
    number: str
    at: datetime
    amount_cents: int

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)


@dataclass(frozen=True, slots=True)
class CreditView:
    """`refunds`: the newest first."""

    sources: list[Source]
    used: list[Used]
    refunds: list[RefundRequest]

    @property
    def total(self) -> Money:
        return Money.sum(source.left for source in self.sources)


async def credit_view(account: Account) -> CreditView:
    asked = RefundRequest.objects().where(RefundRequest.account == account.id)
    return CreditView(
        await SOURCES.all(account=account.id),
        await USED.all(account=account.id, most=MOST),
        await asked.order_by(RefundRequest.asked_at, ascending=False).limit(MOST),
    )


SOURCES = Statement(
    """
    SELECT p.id AS payment, p.attempt, p.method, p.booked_at, p.amount_cents AS paid_cents,
           c.amount_cents AS left_cents
    FROM credits c JOIN payments p ON p.id = c.payment
    WHERE c.account = $1 AND c.amount_cents > 0 ORDER BY p.booked_at, p.number
    """,
    Source,
    ("account",),
)
USED = Statement(
    """
    SELECT b.id AS bill, b.number, al.at, sum(al.amount_cents)::bigint AS amount_cents
    FROM payments p JOIN allocations al ON al.payment = p.id JOIN bills b ON b.id = al.bill
    WHERE p.account = $1 AND al.reversal IS NULL AND al.at <> p.booked_at
    GROUP BY b.id, b.number, al.at ORDER BY al.at DESC, b.number LIMIT $2
    """,
    Used,
    ("account", "most"),
)
