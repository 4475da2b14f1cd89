"""One booked payment as its receipt tells it, whichever way it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.money import Money
from portal.payments.tables import Method
from portal.statements import Statement


class Came:
    """Money that came, as rows tell of it. `returned`: what went back to its payer; `paid_out`: what of its credit the
    customer asked back.
    """

    __slots__ = ()

    id: UUID
    attempt: UUID | None
    amount_cents: int
    credit_cents: int
    returned_cents: int
    paid_out_cents: int

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)

    @property
    def credit(self) -> Money:
        return Money(self.credit_cents)

    @property
    def returned(self) -> Money:
        return Money(self.returned_cents)

    @property
    def paid_out(self) -> Money:
        return Money(self.paid_out_cents)

    @property
    def path(self) -> str:
        return f"/payments/{self.attempt}" if self.attempt else f"/payments/received/{self.id}"


@dataclass(frozen=True, slots=True)
class BookedPayment(Came):
    """A payment in our books."""

    id: UUID
    attempt: UUID | None
    account: UUID
    number: int
    booked_at: datetime
    method: Method
    card: str | None
    amount_cents: int
    credit_cents: int
    returned_cents: int
    paid_out_cents: int

    @property
    def is_credit_note(self) -> bool:
        return self.method == Method.CREDIT_NOTE

    @property
    def receipt_number(self) -> str:
        return f"P-{self.booked_at.year}-{self.number:06d}"


async def payment_of(payment: UUID, accounts: Sequence[UUID]) -> BookedPayment | None:
    """`accounts`: those the asker may see; a payment of another answers as a missing one."""
    return await BOOKED.first(payment=payment, accounts=accounts)


BECAME = """
    COALESCE(c.amount_cents, 0) AS credit_cents,
    COALESCE((SELECT sum(amount_cents) FROM reversals WHERE payment = p.id AND refund_request IS NULL), 0)
        ::bigint AS returned_cents,
    COALESCE((SELECT sum(amount_cents) FROM reversals WHERE payment = p.id AND refund_request IS NOT NULL), 0)
        ::bigint AS paid_out_cents
"""
"""Of a payment `p` and its credit `c` in SQL: what became of its money."""
BOOKED = Statement(
    f"""
    SELECT p.id, p.attempt, p.account, p.number, p.booked_at, p.method, p.card, p.amount_cents,
           {BECAME}
    FROM payments p
    LEFT JOIN credits c ON c.payment = p.id
    WHERE p.id = $1 AND p.account = ANY ($2)
    """,  # noqa: S608 - our own words
    BookedPayment,
    ("payment", "accounts"),
)
