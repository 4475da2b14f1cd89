"""What pages read of bills, each by one statement that is compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from portal.billing.tables import Bill, BillLine
from portal.customers.tables import Account
from portal.money import Money
from portal.statements import Slot, Statement, row_of

PAGE = 12


class Listed:
    """A bill and the attempt to pay it that waits for the customer's bank or for a person, if one does."""

    __slots__ = ("bill", "under_way")

    def __init__(self, *, under_way: UUID | None, **bill: Any) -> None:
        self.bill = row_of(Bill, bill.items())
        self.under_way = under_way


class Faced(Listed):
    """One bill beside what else its account owes: all that is overdue, this bill included."""

    __slots__ = ("is_suspended", "overdue")

    def __init__(self, *, overdue_cents: int, is_suspended: bool, **listed: Any) -> None:
        super().__init__(**listed)
        self.overdue = Money(overdue_cents)
        self.is_suspended = is_suspended

    def is_all_overdue(self, today: date) -> bool:
        """Nothing is overdue but, at most, this bill."""
        return self.overdue == (self.bill.open if self.bill.is_overdue(today) else Money(0))


OPEN_OR_NEWEST = Statement(
    """
    SELECT b.id, b.kind, b.number, b.issued_on, b.due_on, b.period_to, b.total_cents, b.open_cents, b.disputed_cents,
           u.id AS under_way
    FROM bills b
    LEFT JOIN LATERAL (
        SELECT a.id FROM attempt_bills ab JOIN payment_attempts a ON a.id = ab.attempt
        WHERE ab.bill = b.id AND b.open_cents > 0 AND a.state IN ('pending', 'held') LIMIT 1
    ) u ON true
    WHERE b.account = $1 AND (b.open_cents > 0 OR b.id IN (
        SELECT id FROM bills WHERE account = $1 AND (issued_on, number) < ($2, $3)
        ORDER BY issued_on DESC, number DESC LIMIT $4
    ))
    ORDER BY b.issued_on DESC, b.number DESC
    """,
    Listed,
    ("account", "day", "number", "most"),
)
ONE = Statement(
    """
    SELECT b.*, u.id AS under_way,
           COALESCE((SELECT sum(open_cents) FROM bills WHERE account = $1 AND open_cents > 0 AND due_on < $3), 0)
               ::bigint AS overdue_cents,
           EXISTS (SELECT FROM suspensions WHERE account = $1 AND ended_at IS NULL) AS is_suspended
    FROM bills b
    LEFT JOIN LATERAL (
        SELECT a.id FROM attempt_bills ab JOIN payment_attempts a ON a.id = ab.attempt
        WHERE ab.bill = b.id AND b.open_cents > 0 AND a.state IN ('pending', 'held') LIMIT 1
    ) u ON true
    WHERE b.account = $1 AND b.id = $2
    """,
    Faced,
    ("account", "bill", "today"),
)
LINES = Statement(
    BillLine.objects().where(BillLine.bill == Slot("bill")).order_by(BillLine.position),
    BillLine,
)


class Place(NamedTuple):
    """A place among an account's bills: before the bill of this day and number."""

    day: date
    number: str

    @classmethod
    def read(cls, text: str) -> Place | None:
        """`2026-03-01.104417`, as `str()` writes it; anything else: None."""
        day, _, number = text.partition(".")
        try:
            return cls(date.fromisoformat(day), number[:20])
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.day}.{self.number}"


@dataclass(frozen=True, slots=True)
class Bills:
    """`unpaid`: the longest due first. `issued`: at most twelve, newest first; `older`: where the rest goes on.

    `under_way`: bill → the attempt that is under way for it.
    """

    unpaid: list[Bill]
    issued: list[Bill]
    older: Place | None
    under_way: dict[UUID, UUID]


async def bills_of(account: Account, before: Place) -> Bills:
    """Every bill with something still to pay, and the last ones before a place."""
    rows = await OPEN_OR_NEWEST.all(account=account.id, day=before.day, number=before.number, most=PAGE + 1)
    bills = [row.bill for row in rows]
    unpaid = sorted((bill for bill in bills if bill.open_cents), key=lambda bill: (bill.due_on, bill.number))
    issued = [bill for bill in bills if place_of(bill) < before]
    return Bills(
        unpaid,
        issued[:PAGE],
        place_of(issued[PAGE - 1]) if len(issued) > PAGE else None,
        {row.bill.id: row.under_way for row in rows if row.under_way},
    )


def place_of(bill: Bill) -> Place:
    return Place(bill.issued_on, bill.number)


async def bill_of(account: Account, bill: UUID, today: date) -> Faced | None:
    """None: missing, or of another account."""
    return await ONE.first(account=account.id, bill=bill, today=today)


async def lines_of(bill: Bill) -> list[BillLine]:
    return await LINES.all(bill=bill.id)
