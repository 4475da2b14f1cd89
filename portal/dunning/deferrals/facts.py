"""The one statement behind every question about a deferral: what the rules look at, for one account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from portal.billing.open_items import IS_OWED
from portal.customers.tables import CustomerKind, PackageKind
from portal.dunning.case_tables import days_of
from portal.dunning.policies import policy_for, policy_named
from portal.dunning.policy import Policy
from portal.dunning.schedule import Course
from portal.statements import Statement


@dataclass(frozen=True)
class Facts:
    """`version`, `taken`, `last_days`, `next_on` are null without a case; then the days are those of the longest
    overdue bill.

    `arrived`: steps whose SMS the network has delivered; the nightly run notes that in the case later. `until`,
    `fee_cents`: of the deferral that was not ended, also when its last day has passed. `is_used`: one was granted for
    these bills, those that the case counts its days from. `last_granted_on`: in any.
    """

    customer: CustomerKind
    package: PackageKind | None
    version: str | None
    issued_on: date | None
    due_on: date | None
    taken: str | None
    last_days: str | None
    next_on: date | None
    arrived: list[str]
    owed_cents: int
    is_suspended: bool
    until: date | None
    fee_cents: int | None
    is_used: bool
    last_granted_on: date | None
    paid_bills: int
    payment: UUID | None
    has_proof: bool

    def policy(self, today: date) -> Policy | None:
        """The one that the case began on, or would begin on today."""
        if self.version is not None:
            return policy_named(self.version)
        return policy_for(self.package, self.customer, today) if self.package else None

    @cached_property
    def course(self) -> Course | None:
        """None while nothing is overdue."""
        if self.issued_on is None or self.due_on is None:
            return None
        if self.taken is None or self.last_days is None:
            return Course(self.issued_on, self.due_on)
        return Course(self.issued_on, self.due_on, days_of(self.taken), days_of(self.last_days), self.next_on)

    def has_arrived(self, step: str) -> bool:
        return step in self.arrived or (self.course is not None and step in self.course.last_days)


# The policy is chosen as when a case opens. The tables of payments are a floor up: read here by SQL and nothing else.
FACTS = Statement(
    f"""
    SELECT c.kind AS customer, p.kind AS package, d.policy AS version,
           coalesce(d.issued_on, o.issued_on) AS issued_on, coalesce(d.due_on, o.due_on) AS due_on,
           d.taken, d.last_days, d.next_on,
           ARRAY(
               SELECT n.step FROM notices n
               JOIN messages m ON m.channel = 'sms' AND m.once = 'notice ' || n.id AND m.state = 'delivered'
               WHERE n.dunning_case = d.id
           ) AS arrived,
           coalesce(o.cents, 0) AS owed_cents,
           EXISTS (SELECT FROM suspensions WHERE account = a.id AND (ended_at IS NULL OR dunning_case = d.id))
               AS is_suspended,
           r.until, f.amount_cents AS fee_cents,
           EXISTS (
               SELECT FROM deferrals WHERE dunning_case = d.id
               AND (granted_at AT TIME ZONE 'Europe/Ljubljana')::date > d.due_on
           ) AS is_used,
           (SELECT (max(granted_at) AT TIME ZONE 'Europe/Ljubljana')::date FROM deferrals WHERE account = a.id)
               AS last_granted_on,
           (SELECT count(*) FROM bills b JOIN accounts other ON other.id = b.account
            WHERE other.customer = c.id AND b.open_cents = 0 AND b.total_cents > 0) AS paid_bills,
           (SELECT id FROM payment_attempts WHERE account = a.id AND state IN ('pending', 'held') LIMIT 1)
               AS payment,
           EXISTS (SELECT FROM proofs WHERE account = a.id AND state = 'accepted' AND holds_until >= $2) AS has_proof
    FROM accounts a
    JOIN customers c ON c.id = a.customer
    LEFT JOIN LATERAL (
        SELECT k.kind FROM contracts t JOIN packages k ON k.id = t.package WHERE t.account = a.id
        ORDER BY t.ended_on IS NOT NULL, array_position('{{mobile,flex,kombo,legacy_fixed}}', k.kind::text) LIMIT 1
    ) p ON true
    LEFT JOIN dunning_cases d ON d.account = a.id AND d.closed_at IS NULL
    LEFT JOIN LATERAL (
        SELECT sum(open_cents - disputed_cents)::bigint AS cents,
               (array_agg(issued_on ORDER BY due_on, number))[1] AS issued_on, min(due_on) AS due_on
        FROM bills WHERE account = a.id AND {IS_OWED} AND due_on < $2
    ) o ON true
    LEFT JOIN deferrals r ON r.account = a.id AND r.ended_at IS NULL
    LEFT JOIN charges f ON f.occasion = r.id AND f.waived_at IS NULL
    WHERE a.id = $1
    """,  # noqa: S608 - our own words
    Facts,
    ("account", "today"),
)
