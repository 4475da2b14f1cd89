"""How far a payment has come, from the wish to pay to the telephone that works again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from portal.billing.open_items import can_reconnect, owed_cents
from portal.money import Money
from portal.payments.tables import AttemptState, Method
from portal.statements import Statement

LATE = timedelta(minutes=10)
"""After this long the network takes longer than usual."""


class Stage(StrEnum):
    """What a customer has to know now."""

    NOT_STARTED = "not_started"
    CHECKING = "checking"
    UNFINISHED = "unfinished"
    DECLINED = "declined"
    EXPIRED = "expired"
    FAILED = "failed"
    PENDING = "pending"
    HELD = "held"
    BOOKED = "booked"
    STILL_OWED = "still_owed"
    RECONNECTING = "reconnecting"
    LATE = "late"
    REFUSED_BY_NETWORK = "refused_by_network"
    CONNECTED = "connected"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True)
class Progress:
    """One attempt with what followed from it, as the statement below returns it.

    `reversed_cents` went back to the payer; `paid_out_cents` is credit that the customer asked back, which takes
    nothing from what was paid.
    """

    id: UUID
    account: UUID
    state: AttemptState
    amount_cents: int
    failure: str | None
    updated_at: datetime
    payment: UUID | None
    number: int | None
    booked_at: datetime | None
    method: Method | None
    card: str | None
    advance_cents: int
    credit_cents: int
    reversed_cents: int
    paid_out_cents: int
    is_open_again: bool
    asked_at: datetime | None
    confirmed_at: datetime | None
    waits_to_be_sent: bool
    is_refused: bool
    is_fixed: bool
    is_suspended: bool
    overdue_cents: int

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)

    @property
    def advance(self) -> Money:
        return Money(self.advance_cents)

    @property
    def credit(self) -> Money:
        return Money(self.credit_cents)

    @property
    def paid_out(self) -> Money:
        return Money(self.paid_out_cents)

    @property
    def reversed(self) -> Money:
        return Money(self.reversed_cents)

    @property
    def is_returned_in_part(self) -> bool:
        return 0 < self.reversed_cents < self.amount_cents

    @property
    def overdue(self) -> Money:
        return Money(self.overdue_cents)

    @property
    def reconnects(self) -> bool:
        return self.asked_at is not None

    @property
    def is_sent(self) -> bool:
        """The network has every order."""
        return self.reconnects and not self.waits_to_be_sent

    @property
    def receipt_number(self) -> str:
        assert self.booked_at is not None
        return f"P-{self.booked_at.year}-{self.number:06d}"


@dataclass(frozen=True)
class Moment:
    """A progress seen at a moment. `has_returned`: the customer comes from a completed payment page."""

    progress: Progress
    at: datetime
    has_returned: bool = False

    @cached_property
    def stage(self) -> Stage:
        if self.progress.state == AttemptState.PAID:
            return self.stage_when_paid
        if self.progress.state in (AttemptState.CREATED, AttemptState.OPEN):
            return self.stage_before_paying
        return Stage(self.progress.state)

    @property
    def stage_before_paying(self) -> Stage:
        if self.has_returned:
            return Stage.CHECKING
        if self.progress.state == AttemptState.CREATED:
            return Stage.NOT_STARTED
        return Stage.DECLINED if self.progress.failure else Stage.UNFINISHED

    @property
    def stage_when_paid(self) -> Stage:
        seen = self.progress
        if seen.reversed_cents > 0:
            return Stage.TAKEN_BACK
        if seen.confirmed_at is not None:
            return Stage.CONNECTED
        if seen.is_refused:
            return Stage.REFUSED_BY_NETWORK
        if seen.asked_at is not None:
            return Stage.LATE if self.at - seen.asked_at > LATE else Stage.RECONNECTING
        return Stage.STILL_OWED if seen.is_suspended and seen.overdue_cents else Stage.BOOKED

    @property
    def look_again_seconds(self) -> int | None:
        """When the page should look again by itself; None when nothing more will happen soon."""
        return {Stage.CHECKING: 2, Stage.RECONNECTING: 2, Stage.LATE: 15}.get(self.stage)


@dataclass(frozen=True, slots=True)
class PaidBill:
    """A bill of an attempt or of a payment, with what was (or is to be) paid of it."""

    id: UUID
    number: str
    period_to: date
    amount_cents: int

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)


async def progress_of(attempt: UUID, accounts: Sequence[UUID], today: date) -> Progress | None:
    """`accounts`: those the asker may see; an attempt of another answers as a missing one."""
    return await PROGRESS.first(attempt=attempt, accounts=accounts, today=today)


async def meant_bills(attempt: UUID) -> list[PaidBill]:
    """What the attempt means to pay."""
    return await MEANT.all(attempt=attempt)


async def settled_bills(payment: UUID) -> list[PaidBill]:
    """What the payment settled and no reversal opened again."""
    return await SETTLED.all(payment=payment)


PROGRESS = Statement(
    f"""
    SELECT a.id, a.account, a.state, a.amount_cents, a.failure, a.updated_at,
           p.id AS payment, p.number, p.booked_at, p.method, p.card,
           a.advance_cents, COALESCE(c.amount_cents, 0) AS credit_cents,
           COALESCE((SELECT sum(amount_cents) FROM reversals WHERE payment = p.id AND refund_request IS NULL), 0)
               ::bigint AS reversed_cents,
           COALESCE((SELECT sum(amount_cents) FROM reversals WHERE payment = p.id AND refund_request IS NOT NULL), 0)
               ::bigint AS paid_out_cents,
           EXISTS (
               SELECT FROM allocations al JOIN bills b ON b.id = al.bill
               WHERE al.payment = p.id AND al.amount_cents < 0 AND b.open_cents > 0
           ) AS is_open_again,
           r.asked_at, r.confirmed_at,
           COALESCE(o.waits, false) AS waits_to_be_sent, COALESCE(o.refused, false) AS is_refused,
           NOT EXISTS (SELECT FROM lines WHERE account = a.account AND kind = 'mobile') AS is_fixed,
           {can_reconnect("a.account")} AS is_suspended,
           {owed_cents("a.account", "$3")} AS overdue_cents
    FROM payment_attempts a
    LEFT JOIN payments p ON p.attempt = a.id
    LEFT JOIN credits c ON c.payment = p.id
    LEFT JOIN reconnections r ON r.payment_id = p.id
    LEFT JOIN LATERAL (
        SELECT bool_or(state = 'waiting') AS waits, bool_or(state = 'refused') AS refused
        FROM barring_orders WHERE occasion = r.id AND state <> 'superseded'
    ) o ON r.id IS NOT NULL
    WHERE a.id = $1 AND a.account = ANY($2)
    """,  # noqa: S608 - our own words
    Progress,
    ("attempt", "accounts", "today"),
)
MEANT = Statement(
    """
    SELECT b.id, b.number, b.period_to, ab.amount_cents FROM attempt_bills ab JOIN bills b ON b.id = ab.bill
    WHERE ab.attempt = $1 ORDER BY b.due_on, b.number
    """,
    PaidBill,
    ("attempt",),
)
SETTLED = Statement(
    """
    SELECT b.id, b.number, b.period_to, sum(al.amount_cents)::bigint AS amount_cents
    FROM allocations al JOIN bills b ON b.id = al.bill
    WHERE al.payment = $1 GROUP BY b.id, b.number, b.period_to, b.due_on HAVING sum(al.amount_cents) > 0
    ORDER BY b.due_on, b.number
    """,
    PaidBill,
    ("payment",),
)
