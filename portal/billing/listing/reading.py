"""The list of an account's bills, its totals and what it can be filtered by: one statement, compiled once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from portal.billing.listing.chart import first_of_month
from portal.billing.listing.filtering import Filter
from portal.billing.listing.searching import Sought
from portal.billing.tables import Bill
from portal.customers.tables import Account, LineKind
from portal.money import Money
from portal.statements import Statement, row_of

MONTHS = 36
MOST = 60
"""On a page: 36 months, or as many bills if an account gets several a month."""

BILL = (
    *("id", "kind", "number", "issued_on", "due_on", "period_to"),
    *("total_cents", "open_cents", "disputed_cents", "corrects"),
)
"""The columns of a bill that the list shows."""


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


class Listed:
    """A bill in the list. `under_way`: the attempt that pays it; `corrected`: the number of what it corrects.

    `is_claim`: it asks a benefit back, and is of no month.
    """

    __slots__ = ("bill", "corrected", "is_claim", "is_found", "under_way")

    def __init__(self, *columns: Any) -> None:
        *bill, self.corrected, self.under_way, self.is_claim, self.is_found = columns
        self.bill = row_of(Bill, zip(BILL, bill, strict=True))


class Month(NamedTuple):
    """What was found of one month of issue. Cents; credit notes count below zero."""

    first: date
    bills: int
    total: int
    unpaid: int
    open: int
    overdue: int
    late: int
    """`overdue` without what is disputed; `late`: how many bills that is."""


class LineChoice(NamedTuple):
    """A line to filter by."""

    id: UUID
    kind: LineKind
    number: str


class Total(NamedTuple):
    bills: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Year:
    """A year's bills on this page, by the day of issue, the newest first."""

    number: int
    bills: list[Listed]


class Listing:
    """What the statement finds: every open bill, the ones that were asked for, their months and the account's lines."""

    def __init__(self, *, bills: Iterable[Any], months: Iterable[Any], lines: Iterable[Any]) -> None:
        self.all = [Listed(*row) for row in bills]
        self.months = [Month(*row) for row in months]
        self.lines = [LineChoice(*row) for row in lines]
        self.page, self.older = one_page([row for row in self.all if row.is_found])

    @property
    def unpaid(self) -> list[Listed]:
        """Whatever is filtered: the longest due first."""
        return sorted(
            (row for row in self.all if row.bill.open_cents), key=lambda row: (row.bill.due_on, row.bill.number)
        )

    @property
    def years(self) -> Iterator[Year]:
        for number, bills in groupby(self.page, key=lambda row: row.bill.issued_on.year):
            yield Year(number, list(bills))

    @property
    def found(self) -> int:
        """On all pages."""
        return sum(month.bills for month in self.months)

    @property
    def open(self) -> Total:
        return Total(sum(month.unpaid for month in self.months), Money(sum(month.open for month in self.months)))

    @property
    def overdue(self) -> Total:
        return Total(sum(month.late for month in self.months), Money(sum(month.overdue for month in self.months)))

    def last_year(self, today: date) -> Total:
        """Of the month that is not over and the eleven before it."""
        since = first_of_month(today, 11)
        recent = [month for month in self.months if month.first >= since]
        return Total(sum(month.bills for month in recent), Money(sum(month.total for month in recent)))

    @property
    def by_month(self) -> Mapping[date, Money]:
        return {month.first: Money(month.total) for month in self.months}


def one_page(rows: Sequence[Listed]) -> tuple[list[Listed], Place | None]:
    """Of one row more than fit, newest first: those of 36 months, and where the rest goes on."""
    if not rows:
        return [], None
    since = first_of_month(rows[0].bill.issued_on, MONTHS - 1)
    shown = [row for row in rows[:MOST] if row.bill.issued_on >= since]
    return shown, Place(shown[-1].bill.issued_on, shown[-1].bill.number) if len(rows) > len(shown) else None


async def bills_of(account: Account, asked: Filter, before: Place, today: date) -> Listing:
    """Of one account only. A line that is not the account's finds nothing."""
    sought = asked.sought or Sought()
    [listing] = await BILLS.all(
        account=account.id,
        day=before.day,
        number=before.number,
        most=MOST + 1,
        today=today,
        line=asked.line,
        state=asked.state,
        is_sought=asked.sought is not None,
        part=sought.number,
        references=sought.references,
        cents=sought.amount.cents if sought.amount is not None else None,
        line_number=asked.number,
    )
    return listing


BILLS = Statement(
    f"""
    WITH found AS (
        SELECT b.id, b.number, b.issued_on, b.due_on, b.total_cents, b.open_cents,
               greatest(b.open_cents - b.disputed_cents, 0) AS asked_cents
        FROM bills b
        WHERE b.account = $1
          AND CASE $7
              WHEN 'unpaid' THEN b.open_cents > 0
              WHEN 'overdue' THEN b.open_cents > b.disputed_cents AND b.due_on < $5
              WHEN 'paid' THEN b.open_cents = 0 AND b.kind <> 'credit_note'
              WHEN 'credit_notes' THEN b.kind = 'credit_note'
              ELSE true
          END
          AND (NOT $8 OR b.reference = ANY($10)
               OR b.total_cents = $11::bigint OR ($11 > 0 AND $11 IN (-b.total_cents, b.open_cents))
               OR position($9 IN upper(regexp_replace(b.number, '[^A-Za-z0-9]', '', 'g'))) > 0)
          AND ($6::uuid IS NULL AND $12::text IS NULL OR EXISTS (
              SELECT FROM bill_lines p JOIN lines l ON l.id = $6 OR l.number = $12
              WHERE p.bill = b.id AND l.account = $1
                AND (p.line = l.id OR p.line IS NULL AND p.contract = l.contract)
          ))
    ), page AS (
        SELECT id FROM found WHERE (issued_on, number) < ($2, $3) ORDER BY issued_on DESC, number DESC LIMIT $4
    )
    SELECT
        ARRAY(
            SELECT ROW({", ".join(f"b.{column}" for column in BILL)}, c.number, (
                SELECT a.id FROM attempt_bills ab JOIN payment_attempts a ON a.id = ab.attempt
                WHERE ab.bill = b.id AND b.open_cents > 0 AND a.state IN ('pending', 'held') LIMIT 1
            ), EXISTS (SELECT FROM terminations t WHERE t.account = $1 AND t.claim = b.id), page.id IS NOT NULL)
            FROM bills b LEFT JOIN page ON page.id = b.id LEFT JOIN bills c ON c.id = b.corrects
            WHERE b.account = $1 AND (b.open_cents > 0 OR page.id IS NOT NULL)
            ORDER BY b.issued_on DESC, b.number DESC
        ) AS bills,
        ARRAY(
            SELECT ROW(date_trunc('month', issued_on)::date, count(*), sum(total_cents)::bigint,
                       count(*) FILTER (WHERE open_cents > 0), sum(open_cents)::bigint,
                       coalesce(sum(asked_cents) FILTER (WHERE due_on < $5), 0)::bigint,
                       count(*) FILTER (WHERE asked_cents > 0 AND due_on < $5))
            FROM found GROUP BY date_trunc('month', issued_on)
        ) AS months,
        ARRAY(SELECT ROW(id, kind, number) FROM lines WHERE account = $1 ORDER BY kind DESC, number) AS lines
    """,  # noqa: S608 - our own words
    Listing,
    (
        *("account", "day", "number", "most", "today"),
        *("line", "state", "is_sought", "part", "references", "cents", "line_number"),
    ),
)
