"""What a customer must know of non-payment: what is off and what works, what comes next, what it costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from portal import clock
from portal.customers.tables import Account, CustomerKind, LineKind, PackageKind
from portal.dunning.contacting import sms_number
from portal.dunning.policies import policy_for, policy_named
from portal.dunning.policy import Avoidable, Fee, HandOverTo
from portal.dunning.view import effects
from portal.dunning.view.outlook import Move
from portal.dunning.view.prospect import Prospect, prospect_of
from portal.dunning.view.shown_hold import Hold, hold_of
from portal.dunning.view.situation import SITUATION, Situation
from portal.money import ZERO, Money
from portal.network.tables import OPEN, OrderState, Profile


@dataclass(frozen=True, slots=True)
class LineStanding:
    """One line: what the network said it has (or, unasked yet, what it was ordered), and how opening it goes."""

    kind: LineKind
    number: str
    profile: Profile
    opening: OrderState | None

    @property
    def off(self) -> tuple[str, ...]:
        """Msgids; empty on an open line."""
        return effects.off(self.kind, self.profile)

    @property
    def works(self) -> tuple[str, ...]:
        """Msgids, one with the place `%(numbers)s` for the help numbers; empty on an open line."""
        return effects.works(self.kind, self.profile)


@dataclass(frozen=True, slots=True)
class Claim:
    """The bill for the benefit that is to be given back."""

    bill: UUID
    amount: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """All that has a default is at it for an account that nothing threatens."""

    lines: tuple[LineStanding, ...]
    help_numbers: tuple[str, ...]
    """Those that a barred mobile line can call."""
    is_told_by_sms: bool
    """Whether an SMS will say that everything is on again: some customers have no number that SMS reach."""
    overdue: Money = ZERO
    """With what is disputed."""
    disputed: Money = ZERO
    """Of what is overdue."""
    open: Money = ZERO
    """With what is not due yet, and without what is disputed."""
    payment: UUID | None = None
    """The attempt that waits for the customer's bank or for a person."""
    is_payment_held: bool = False
    """Another amount came, and a person looks at it."""
    has_waiting_proof: bool = False
    is_suspended: bool = False
    is_reconnecting: bool = False
    """Paid; the network has not confirmed every line yet."""
    step: int | None = None
    since: date | None = None
    hold: Hold | None = None
    warned_until: date | None = None
    may_ask_for_deferral: bool = False
    ahead: tuple[Move, ...] = ()
    avoidable: Avoidable | None = None
    after_payment: tuple[Fee, ...] = ()
    """What the next bill will hold for being connected again, item by item."""
    ended_on: date | None = None
    """The contracts ended, for what is unpaid still."""
    claim: Claim | None = None
    """While it is not due yet: then it is part of `overdue`."""
    handed_to: HandOverTo | None = None

    @property
    def owed(self) -> Money:
        """What is overdue and asked for."""
        return self.overdue - self.disputed

    @property
    def is_refused(self) -> bool:
        """Whether the network said no to opening a line: that needs a person."""
        return any(line.opening == OrderState.REFUSED for line in self.lines)

    @property
    def after_payment_total(self) -> Money:
        return Money.sum(fee.amount for fee in self.after_payment)

    @property
    def next_step(self) -> Move | None:
        """None while something holds the ladder."""
        return self.ahead[0] if self.ahead and self.hold is None else None


async def standing_of(account: Account, today: date) -> Standing:
    rows = await SITUATION.all(account=account.id, today=today)
    first = rows[0]
    standing = suspended(calm(rows), first)
    kinds = frozenset(line.kind for line in standing.lines)
    prospect = prospect_of(first, standing.hold, kinds, today)
    if prospect is None or standing.is_reconnecting:
        return standing
    return threatened(standing, prospect)


def calm(rows: list[Situation]) -> Standing:
    row, lines = rows[0], tuple(line_of(row) for row in rows if row.number is not None)
    return Standing(
        lines,
        policy_for(PackageKind.MOBILE, CustomerKind.PERSON, date.max).help_numbers,
        is_told_by_sms(row, lines),
        overdue=Money(row.overdue_cents),
        disputed=Money(row.disputed_cents),
        open=Money(row.open_cents),
        payment=row.payment,
        is_payment_held=row.is_payment_held,
        has_waiting_proof=row.has_waiting_proof,
        hold=hold_of(row),
        ended_on=row.ended_on,
        claim=Claim(row.claim, Money(row.claim_cents), row.claim_due_on) if row.claim else None,
        handed_to=row.handed_to,
    )


def is_told_by_sms(row: Situation, lines: tuple[LineStanding, ...]) -> bool:
    mobile = next((line.number for line in lines if line.kind == LineKind.MOBILE), None)
    return sms_number(row.contact_number, mobile) is not None


def line_of(row: Situation) -> LineStanding:
    return LineStanding(row.line_kind, row.number, observed(row) or ordered(row), row.opening)


def observed(row: Situation) -> Profile | None:
    return None if row.voice_out is None else Profile(row.voice_out, row.voice_in, row.sms_out, row.data)


def ordered(row: Situation) -> Profile:
    """What the suspension's step bars on such a line."""
    if row.step is None:
        return OPEN
    return policy_named(row.suspended_by).suspension(row.step).bars.get(row.line_kind, OPEN)


def suspended(standing: Standing, row: Situation) -> Standing:
    if row.step is None:
        return standing
    policy = policy_named(row.suspended_by)
    fees = policy.fees_of(policy.suspension(row.step))
    return replace(
        standing,
        is_suspended=True,
        is_reconnecting=row.is_reconnecting,
        step=row.step,
        since=clock.day_of(row.started_at),
        after_payment=tuple(fee for fee in fees if fee.kind not in row.settled_fees),
        help_numbers=policy.help_numbers,
    )


def threatened(standing: Standing, prospect: Prospect) -> Standing:
    """After the contracts ended nothing can be connected again."""
    return replace(
        standing,
        help_numbers=prospect.policy.help_numbers,
        ahead=prospect.ahead,
        avoidable=prospect.avoidable,
        warned_until=prospect.warned_until,
        may_ask_for_deferral=prospect.may_ask_for_deferral,
        after_payment=() if standing.ended_on else standing.after_payment,
    )
