"""The itemised calls of a bill, as far as one page shows them, with the totals of all."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from portal.billing.tables import Bill, BilledCall
from portal.customers.tables import Account
from portal.money import Money
from portal.statements import Statement, row_of

PAGE = 50


class Sum(NamedTuple):
    """What one number made of one kind. `calls`: how many."""

    line: UUID | None
    number: str | None
    kind: str
    calls: int
    quantity: int
    cents: int

    @property
    def amount(self) -> Money:
        return Money(self.cents)


class Wanted(NamedTuple):
    """Which of them somebody wants to see: None is any. `page` begins with 1."""

    line: UUID | None = None
    kind: str | None = None
    page: int = 1

    def takes(self, one: Sum) -> bool:
        return (self.line is None or self.line == one.line) and (self.kind is None or self.kind == one.kind)


class Itemised:
    """A bill with the sums of its calls, by number and kind."""

    def __init__(self, *, sums: list[Any], **bill: Any) -> None:
        self.bill = row_of(Bill, bill.items())
        self.sums = [Sum(*row) for row in sums]


class Call:
    """One call beside the number that made it."""

    __slots__ = ("call", "number")

    def __init__(self, *, number: str | None, **call: Any) -> None:
        self.call = row_of(BilledCall, call.items())
        self.number = number


async def itemised(account: Account, bill: UUID) -> Itemised | None:
    """None: missing, or of another account."""
    return await ITEMISED.first(account=account.id, bill=bill)


async def calls_of(bill: Bill, wanted: Wanted) -> list[Call]:
    """The newest first."""
    skipped = (wanted.page - 1) * PAGE
    return await CALLS.all(bill=bill.id, line=wanted.line, kind=wanted.kind, most=PAGE, skipped=skipped)


ITEMISED = Statement(
    """
    SELECT b.*, ARRAY(
        SELECT ROW(c.line, l.number, c.kind, count(*)::int, sum(c.quantity)::bigint, sum(c.amount_cents)::bigint)
        FROM billed_calls c LEFT JOIN lines l ON l.id = c.line WHERE c.bill = b.id
        GROUP BY c.line, l.number, c.kind ORDER BY l.number, c.kind
    ) AS sums
    FROM bills b WHERE b.account = $1 AND b.id = $2
    """,
    Itemised,
    ("account", "bill"),
)
CALLS = Statement(
    """
    SELECT c.*, l.number FROM billed_calls c LEFT JOIN lines l ON l.id = c.line
    WHERE c.bill = $1 AND ($2::uuid IS NULL OR c.line = $2) AND ($3::text IS NULL OR c.kind = $3)
    ORDER BY c.began_at DESC, c.id DESC LIMIT $4 OFFSET $5
    """,
    Call,
    ("bill", "line", "kind", "most", "skipped"),
)
