"""What a customer must know of a suspension: what is off, what still works, what comes next and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal import clock
from portal.customers.tables import Account, LineKind, PackageKind
from portal.dunning import effects
from portal.dunning.policy import Fee, Policy, policy_of
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
        """Msgids; empty on an open line."""
        return effects.works(self.kind, self.profile)


@dataclass(frozen=True, slots=True)
class Avoidable:
    """A fee that does not arise if everything overdue is paid by `last_day`."""

    fee: Money
    last_day: date


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
    """Everything is false, None or empty for an account that nothing threatens."""

    lines: tuple[LineStanding, ...]
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
    help_numbers: tuple[str, ...] = ()

    @property
    def after_payment_total(self) -> Money:
        return Money.sum(fee.amount for fee in self.after_payment)


async def standing_of(account: Account, today: date) -> Standing:
    rows = await SITUATION.all(account=account.id, today=today)
    first = rows[0]
    lines = tuple(line_of(row) for row in rows if row.number is not None)
    if first.step is not None:
        return suspended(first, first.step, lines, today)
    if first.warned_until is not None:
        return warned(first.warned_until, {row.package for row in rows if row.package}, lines)
    return Standing(lines)


def line_of(row: Situation) -> LineStanding:
    return LineStanding(row.line_kind, row.number, observed(row) or ordered(row), row.opening)


def observed(row: Situation) -> Profile | None:
    return None if row.voice_out is None else Profile(row.voice_out, row.voice_in, row.sms_out, row.data)


def ordered(row: Situation) -> Profile:
    """What the suspension's step bars on such a line."""
    if row.step is None:
        return OPEN
    return Policy.named(row.policy).step(row.step).bars.get(row.line_kind, OPEN)


def suspended(row: Situation, step: int, lines: tuple[LineStanding, ...], today: date) -> Standing:
    policy = Policy.named(row.policy)
    since = clock.day_of(row.started_at)
    return Standing(
        lines,
        is_suspended=True,
        is_reconnecting=row.is_reconnecting,
        step=step,
        since=since,
        avoidable=None if row.is_reconnecting else avoidable(policy, step, row.issued_on, today),
        next_step=None if row.is_reconnecting else next_step(policy, step, row.issued_on, since, today),
        after_payment=policy.fees_at(step),
        help_numbers=policy.help_numbers,
    )


def warned(last_day: date, packages: set[PackageKind], lines: tuple[LineStanding, ...]) -> Standing:
    policy = policy_of(packages)
    return Standing(
        lines,
        warned_until=last_day,
        avoidable=Avoidable(policy.fee_at(policy.steps[0].number), last_day),
        next_step=NextStep(Next.SUSPENSION, last_day + timedelta(days=1), bars_more=True),
        help_numbers=policy.help_numbers,
    )


def avoidable(policy: Policy, step: int, issued_on: date, today: date) -> Avoidable | None:
    """What the next step adds, and the last day before it; None once that day has passed."""
    following = policy.step_after(step)
    on = following.day(issued_on) if following else None
    if following is None or on is None or on <= today:
        return None
    return Avoidable(policy.added_by(following), on - timedelta(days=1))


def next_step(policy: Policy, step: int, issued_on: date, since: date, today: date) -> NextStep | None:
    """The next suspension of the ladder, or after the last one the end of the contract. Never a day that has passed."""
    current, following = policy.step(step), policy.step_after(step)
    if following is not None:
        on = following.day(issued_on) or today
        return NextStep(Next.STEP, max(on, today), bars_more=following.bars != current.bars)
    if policy.termination_days is None:
        return None
    began = max(since, current.day(issued_on) or since)
    return NextStep(Next.TERMINATION, max(began + timedelta(days=policy.termination_days), today))
