"""What a customer must know of a suspension: what is off, what still works, what comes next and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from portal import clock
from portal.customers.tables import Account, LineKind, PackageKind
from portal.dunning import effects
from portal.dunning.contacting import sms_number
from portal.dunning.policy import Avoidable, Fee, Policy, policy_for
from portal.dunning.situation import SITUATION, Situation
from portal.money import Money
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


class Next(StrEnum):
    SUSPENSION = "suspension"
    """From open to barred."""
    STEP = "step"
    """The ladder goes on: dearer, and perhaps more is barred (`bars_more`)."""
    TERMINATION = "termination"


@dataclass(frozen=True, slots=True)
class NextStep:
    what: Next
    on: date
    bars_more: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """All that has a default is at it for an account that nothing threatens."""

    lines: tuple[LineStanding, ...]
    help_numbers: tuple[str, ...]
    """Those that a barred mobile line can call."""
    is_told_by_sms: bool
    """Whether an SMS will say that everything is on again: some customers have no number that SMS reach."""
    is_suspended: bool = False
    is_reconnecting: bool = False
    """Paid; the network has not confirmed every line yet."""
    step: int | None = None
    since: date | None = None
    warned_until: date | None = None
    """The last day of the notice before a suspension."""
    avoidable: Avoidable | None = None
    next_step: NextStep | None = None
    after_payment: tuple[Fee, ...] = ()
    """What the next bill will hold for being connected again, item by item."""

    @property
    def is_refused(self) -> bool:
        """Whether the network said no to opening a line: that needs a person."""
        return any(line.opening == OrderState.REFUSED for line in self.lines)

    @property
    def after_payment_total(self) -> Money:
        return Money.sum(fee.amount for fee in self.after_payment)


async def standing_of(account: Account, today: date) -> Standing:
    rows = await SITUATION.all(account=account.id, today=today)
    first = rows[0]
    lines = tuple(line_of(row) for row in rows if row.number is not None)
    calm = Standing(lines, policy_for(PackageKind.MOBILE).help_numbers, is_told_by_sms(first, lines))
    if first.step is not None:
        return suspended(calm, first, first.step, today)
    if first.warned_until is not None:
        return warned(calm, Policy.named(first.policy), first.warned_until)
    return calm


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
    return Policy.named(row.policy).step(row.step).bars.get(row.line_kind, OPEN)


def suspended(calm: Standing, row: Situation, step: int, today: date) -> Standing:
    policy = Policy.named(row.policy)
    since = clock.day_of(row.started_at)
    off = replace(
        calm,
        is_suspended=True,
        is_reconnecting=row.is_reconnecting,
        step=step,
        since=since,
        after_payment=policy.fees_at(step),
        help_numbers=policy.help_numbers,
    )
    if row.is_reconnecting:
        return off
    return replace(
        off,
        avoidable=policy.avoidable_at(step, row.issued_on, today),
        next_step=next_step(policy, step, calm.lines, row.issued_on, since=since, today=today),
    )


def warned(calm: Standing, policy: Policy, last_day: date) -> Standing:
    return replace(
        calm,
        warned_until=last_day,
        avoidable=Avoidable(policy.fee_at(policy.steps[0].number), last_day),
        next_step=NextStep(Next.SUSPENSION, last_day + timedelta(days=1), bars_more=True),
        help_numbers=policy.help_numbers,
    )


def next_step(
    policy: Policy, step: int, lines: tuple[LineStanding, ...], issued_on: date, *, since: date, today: date
) -> NextStep | None:
    """The next suspension of the ladder, or after the last one the end of the contract. Never a day that has passed."""
    current, following = policy.step(step), policy.step_after(step)
    if following is not None:
        on = following.day(issued_on) or today
        bars_more = any(following.bars.get(line.kind) != current.bars.get(line.kind) for line in lines)
        return NextStep(Next.STEP, max(on, today), bars_more=bars_more)
    ends_on = policy.termination_at(step, issued_on, since)
    return NextStep(Next.TERMINATION, max(ends_on, today)) if ends_on else None
