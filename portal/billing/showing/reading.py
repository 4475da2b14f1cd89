"""What the page of one bill reads, by two statements that are compiled once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from portal import clock
from portal.billing.open_items import can_reconnect, owed_cents
from portal.billing.positions import Position
from portal.billing.tables import Bill, BillAllowance
from portal.billing.upn.order import Payer
from portal.customers.tables import Account
from portal.money import Money
from portal.statements import Statement, row_of


class Related(NamedTuple):
    """Another bill or note as a link says it."""

    id: UUID
    kind: str
    number: str
    period_to: date
    total_cents: int

    @property
    def total(self) -> Money:
        return Money(self.total_cents)


class Settlement(NamedTuple):
    """What a payment settled of the bill; negative where it was taken back.

    `attempt`: the one that brought it in, if we did; `note`: the credit note that it is.
    """

    at: datetime
    method: str
    card: str | None
    payment: UUID
    attempt: UUID | None
    note: UUID | None
    cents: int

    @property
    def amount(self) -> Money:
        return Money(self.cents)

    @property
    def day(self) -> date:
        return clock.day_of(self.at)

    @property
    def path(self) -> str:
        """Where it is told: the credit note, or the receipt."""
        if self.note:
            return f"/bills/{self.note}"
        return f"/payments/{self.attempt or f'received/{self.payment}'}/receipt"


class Given(NamedTuple):
    """What of a credit note settled a bill."""

    bill: UUID
    period_to: date
    cents: int

    @property
    def amount(self) -> Money:
        return Money(self.cents)


class Billable(NamedTuple):
    """A fee of non-payment that stands on the bill."""

    kind: str
    cents: int
    incurred_on: date

    @property
    def amount(self) -> Money:
        return Money(self.cents)


class OneBill:
    """A bill with all that its page tells besides its lines.

    `under_way`: the attempt that pays it already. `last`: the bill before it in its series. `is_claim`: it asks a
    benefit back. `corrected`: what it corrects; `corrections`: what corrects it. `given`: what a credit note settled,
    `left`: what of it stands to the account's good. `payer`: whose account it is.
    """

    def __init__(
        self,
        *,
        under_way: UUID | None,
        overdue_cents: int,
        is_suspended: bool,
        is_claim: bool,
        has_calls: bool,
        last: Iterable[Any] | None,
        corrected: Iterable[Any] | None,
        corrections: Iterable[Iterable[Any]],
        settlements: Iterable[Iterable[Any]],
        given: Iterable[Iterable[Any]],
        left_cents: int,
        payer: Iterable[Any],
        charges: Iterable[Iterable[Any]],
        allowances: Iterable[Iterable[Any]],
        **bill: Any,
    ) -> None:
        self.bill = row_of(Bill, bill)
        self.under_way = under_way
        self.overdue = Money(overdue_cents)
        self.is_suspended = is_suspended
        self.is_claim = is_claim
        self.has_calls = has_calls
        self.last = Related(*last) if last else None
        self.corrected = Related(*corrected) if corrected else None
        self.corrections = [Related(*row) for row in corrections]
        self.settlements = [Settlement(*row) for row in settlements]
        self.given = [Given(*row) for row in given]
        self.left = Money(left_cents)
        self.payer = Payer(*payer)
        self.charges = [Billable(*row) for row in charges]
        self.allowances = [row_of(BillAllowance, zip(ALLOWED, row, strict=True)) for row in allowances]

    def is_all_overdue(self, today: date) -> bool:
        """Nothing is overdue but, at most, this bill."""
        return self.overdue == (self.bill.undisputed if self.bill.is_overdue(today) else Money(0))


ALLOWED = ("line", "kind", "used", "included")


class Positions(NamedTuple):
    now: list[Position]
    then: list[Position]


async def one_bill(account: Account, bill: UUID, today: date) -> OneBill | None:
    """None: missing, or of another account."""
    return await ONE.first(account=account.id, bill=bill, today=today)


async def positions_of(one: OneBill) -> Positions:
    """In the order of the bills."""
    found = await POSITIONS.all(bill=one.bill.id, last=one.last.id if one.last else None)
    return Positions([one for one in found if one.is_now], [one for one in found if not one.is_now])


# The last bill is the newest before it that shares most of what either of them is for (which number, which kind): who
# has a bill for the telephone and another for its instalments has two series. Where none does, it is the newest.
ONE = Statement(
    f"""
    SELECT b.*, u.id AS under_way, claimed.is_claim,
           (SELECT ROW(c.name, c.street, c.postcode || ' ' || c.city)
            FROM accounts a JOIN customers c ON c.id = a.customer WHERE a.id = $1) AS payer,
           {owed_cents("$1", "$3")} AS overdue_cents,
           {can_reconnect("$1")} AS is_suspended,
           EXISTS (SELECT FROM billed_calls WHERE bill = b.id) AS has_calls,
           CASE WHEN b.kind = 'bill' AND NOT claimed.is_claim THEN (
               SELECT ROW(c.id, c.kind, c.number, c.period_to, c.total_cents)
               FROM (
                   SELECT * FROM bills p
                   WHERE p.account = b.account AND p.kind = 'bill' AND (p.issued_on, p.number) < (b.issued_on, b.number)
                     AND NOT EXISTS (SELECT FROM terminations t WHERE t.account = p.account AND t.claim = p.id)
                   ORDER BY p.issued_on DESC, p.number DESC LIMIT 6
               ) c, LATERAL (
                   SELECT count(*) FILTER (WHERE in_both) * 2 >= least(sum(is_now), sum(is_then)) AS is_of_series FROM (
                       SELECT max(is_now) AS is_now, max(is_then) AS is_then, count(*) = 2 AS in_both FROM (
                           SELECT DISTINCT line, kind, (bill = b.id)::int AS is_now, (bill = c.id)::int AS is_then
                           FROM bill_lines WHERE bill IN (b.id, c.id)
                       ) each GROUP BY line, kind
                   ) pairs
               ) s
               ORDER BY s.is_of_series DESC, c.issued_on DESC, c.number DESC LIMIT 1
           ) END AS last,
           (SELECT ROW(c.id, c.kind, c.number, c.period_to, c.total_cents) FROM bills c WHERE c.id = b.corrects)
               AS corrected,
           ARRAY(SELECT ROW(c.id, c.kind, c.number, c.period_to, c.total_cents) FROM bills c WHERE c.corrects = b.id
                 ORDER BY c.issued_on, c.number) AS corrections,
           ARRAY(SELECT ROW(l.at, p.method, p.card, p.id, p.attempt, n.id, l.amount_cents)
                 FROM allocations l JOIN payments p ON p.id = l.payment
                 LEFT JOIN bills n ON p.method = 'credit_note' AND n.number = substr(p.external_id, 13)
                 WHERE l.bill = b.id ORDER BY l.at, l.id) AS settlements,
           ARRAY(SELECT ROW(c.id, c.period_to, sum(l.amount_cents)::bigint)
                 FROM payments p JOIN allocations l ON l.payment = p.id JOIN bills c ON c.id = l.bill
                 WHERE b.kind = 'credit_note' AND p.external_id = 'credit-note:' || b.number
                 GROUP BY c.id, c.period_to HAVING sum(l.amount_cents) <> 0 ORDER BY c.period_to) AS given,
           COALESCE((SELECT sum(x.amount_cents) FROM payments p JOIN credits x ON x.payment = p.id
                     WHERE b.kind = 'credit_note' AND p.external_id = 'credit-note:' || b.number), 0)::bigint
               AS left_cents,
           ARRAY(SELECT ROW(c.kind, c.amount_cents, c.incurred_on) FROM charges c
                 WHERE c.account = b.account AND c.bill = b.id ORDER BY c.incurred_on, c.kind) AS charges,
           ARRAY(SELECT ROW(w.line, w.kind, w.used, w.included) FROM bill_allowances w WHERE w.bill = b.id
                 ORDER BY w.line, w.included IS NULL, w.kind) AS allowances
    FROM bills b
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM terminations t WHERE t.account = b.account AND t.claim = b.id) AS is_claim
    ) claimed
    LEFT JOIN LATERAL (
        SELECT a.id FROM attempt_bills ab JOIN payment_attempts a ON a.id = ab.attempt
        WHERE ab.bill = b.id AND b.open_cents > 0 AND a.state IN ('pending', 'held') LIMIT 1
    ) u ON true
    WHERE b.account = $1 AND b.id = $2
    """,  # noqa: S608 - our own words
    OneBill,
    ("account", "bill", "today"),
)
POSITIONS = Statement(
    """
    SELECT p.bill = $1 AS is_now, p.contract, p.line, p.kind, p.description, p.amount_cents, p.vat_percent_tenths,
           p.instalment, p.instalments, l.number, l.kind AS number_kind, c.number AS contract_number, k.name AS package
    FROM bill_lines p
    LEFT JOIN lines l ON l.id = p.line
    LEFT JOIN contracts c ON c.id = coalesce(p.contract, l.contract)
    LEFT JOIN packages k ON k.id = c.package
    WHERE p.bill IN ($1, $2) ORDER BY p.bill, p.position
    """,
    Position,
    ("bill", "last"),
)
