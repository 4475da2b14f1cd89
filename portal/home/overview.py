"""The first page by one statement: what is unpaid, what waits for a bill, what is under way, what is to be signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.billing.tables import Bill, ChargeKind
from portal.customers.tables import Account
from portal.money import Money
from portal.statements import Statement, row_of


@dataclass(frozen=True, slots=True)
class LastPayment:
    """Of money: a credit note is booked like a payment, and is none to its customer. `path`: its receipt."""

    payment: UUID
    attempt: UUID | None
    amount: Money
    booked_at: datetime

    @property
    def path(self) -> str:
        return f"/payments/{self.attempt}/receipt" if self.attempt else f"/payments/received/{self.payment}/receipt"


@dataclass(frozen=True, slots=True)
class ToSign:
    """Documents that wait for a signature: how many orders, until when the most urgent one, and its page."""

    orders: int
    until: datetime
    path: str


@dataclass(frozen=True, slots=True)
class Overview:
    unpaid: list[Bill]
    charges: list[tuple[ChargeKind, Money]]
    credit: Money
    under_way: UUID | None
    """The attempt that waits for the customer's bank or for a person, or whose payment the network is acting on."""
    last: LastPayment | None
    to_sign: ToSign | None


@dataclass(frozen=True, slots=True)
class Row:
    """One open bill, or none of its columns, beside what is true of the account."""

    id: UUID | None
    number: str
    reference: str
    issued_on: date
    due_on: date
    period_to: date
    total_cents: int
    open_cents: int
    disputed_cents: int
    charge_kinds: list[str]
    charge_cents: list[int]
    credit_cents: int
    under_way: UUID | None
    paid: UUID | None
    paid_attempt: UUID | None
    paid_cents: int | None
    paid_at: datetime
    envelope: UUID | None
    envelopes: int
    sign_until: datetime


BILL_COLUMNS = tuple(field.name for field in fields(Row))[:9]
ROWS = Statement(
    """
    SELECT b.id, b.number, b.reference, b.issued_on, b.due_on, b.period_to, b.total_cents, b.open_cents,
           b.disputed_cents,
           ARRAY(SELECT kind FROM charges WHERE account = a.id AND bill IS NULL AND waived_at IS NULL
                 ORDER BY id) AS charge_kinds,
           ARRAY(SELECT amount_cents FROM charges WHERE account = a.id AND bill IS NULL AND waived_at IS NULL
                 ORDER BY id) AS charge_cents,
           (SELECT COALESCE(sum(amount_cents), 0)::bigint FROM credits WHERE account = a.id) AS credit_cents,
           u.id AS under_way, p.id AS paid, p.attempt AS paid_attempt,
           p.amount_cents AS paid_cents, p.booked_at AS paid_at,
           e.id AS envelope, e.envelopes, e.expires_at AS sign_until
    FROM accounts a
    LEFT JOIN bills b ON b.account = a.id AND b.open_cents > 0
    LEFT JOIN LATERAL (
        SELECT t.id FROM payment_attempts t
        LEFT JOIN payments y ON y.attempt = t.id
        LEFT JOIN reconnections r ON r.payment_id = y.id AND r.confirmed_at IS NULL
        WHERE t.account = a.id AND (t.state IN ('pending', 'held') OR r.id IS NOT NULL)
        ORDER BY t.created_at DESC LIMIT 1
    ) u ON true
    LEFT JOIN LATERAL (
        SELECT id, attempt, amount_cents, booked_at FROM payments
        WHERE account = a.id AND method <> 'credit_note'
        ORDER BY booked_at DESC LIMIT 1
    ) p ON true
    LEFT JOIN (
        SELECT v.id, v.expires_at, count(*) OVER () AS envelopes
        FROM orders o JOIN envelopes v ON v."order" = o.id
        WHERE o.customer = ANY ($2) AND v.state = 'open' AND v.expires_at > $3 AND v.blocked_as IS NULL
          AND o.identification IN ('not_needed', 'passed')
        ORDER BY v.expires_at LIMIT 1
    ) e ON true
    WHERE a.id = $1
    ORDER BY b.due_on, b.number
    """,
    Row,
    ("account", "customers", "at"),
)


async def overview_of(account: Account, customers: Sequence[UUID], at: datetime) -> Overview:
    """Of the account, and of what waits for a signature at any of the customers."""
    rows = await ROWS.all(account=account.id, customers=customers, at=at)
    first = rows[0]
    return Overview(
        unpaid=[row_of(Bill, bill_columns(row)) for row in rows if row.id is not None],
        charges=[
            (ChargeKind(kind), Money(cents)) for kind, cents in zip(first.charge_kinds, first.charge_cents, strict=True)
        ],
        credit=Money(first.credit_cents),
        under_way=first.under_way,
        last=last_payment(first),
        to_sign=to_sign(first),
    )


def bill_columns(row: Row) -> list[tuple[str, Any]]:
    return [(name, getattr(row, name)) for name in BILL_COLUMNS]


def last_payment(row: Row) -> LastPayment | None:
    if row.paid is None or row.paid_cents is None:
        return None
    return LastPayment(row.paid, row.paid_attempt, Money(row.paid_cents), row.paid_at)


def to_sign(row: Row) -> ToSign | None:
    if row.envelope is None:
        return None
    path = f"/documents/{row.envelope}" if row.envelopes == 1 else "/documents"
    return ToSign(row.envelopes, row.sign_until, path)
