"""What happened in an account's case, the open one or else the last, as its customer is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from portal.billing.tables import ChargeKind
from portal.customers.tables import Account
from portal.dunning.case_tables import Happened, Outcome
from portal.dunning.policies import policy_named
from portal.dunning.policy import Policy, Step
from portal.dunning.view.outlook import Bars, Move, Rung, move, reaches, rung
from portal.dunning.view.rows import TIMELINE, Row
from portal.money import Money

EXPLAINED = {Happened.PROOF_REFUSED, Happened.DISPUTE_UPHELD, Happened.DISPUTE_REJECTED}
"""What a person decides on and gives the customer the reason for."""


@dataclass(frozen=True, slots=True)
class ShownFee:
    kind: ChargeKind
    amount: Money
    is_waived: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """One thing that happened, as its customer is told. `rung`, `bars`: of a step; `overdue`: the amount then.

    `reason`: in a person's words for the customer; empty where the case's reason is for us alone.
    `is_under_way`: decided, and being carried out now; or told, and not known to have arrived.
    """

    what: Happened
    on: date
    overdue: Money
    amount: Money | None = None
    until: date | None = None
    reason: str = ""
    rung: Rung | None = None
    bars: Bars = Bars.NOTHING
    fees: tuple[ShownFee, ...] = ()
    is_under_way: bool = False


@dataclass(frozen=True, slots=True)
class CaseStory:
    opened_on: date
    closed_on: date | None
    past: tuple[Past, ...]
    fees: tuple[ShownFee, ...] = field(default=())
    """What was charged in it, or would have been had it not been waived."""

    @property
    def is_over(self) -> bool:
        return self.closed_on is not None


async def story_of(account: Account) -> CaseStory | None:
    """None: nothing of this account was ever overdue since cases are kept."""
    rows = await TIMELINE.all(account=account.id)
    return story(rows) if rows else None


def story(rows: list[Row]) -> CaseStory:
    first = rows[0]
    fees = charged(first)
    return CaseStory(first.opened_on, first.closed_on, tuple(told(rows, policy_named(first.policy), fees)), fees)


def charged(row: Row) -> tuple[ShownFee, ...]:
    charges = zip(row.charge_kinds, row.charge_cents, row.charges_waived, strict=True)
    return tuple(ShownFee(ChargeKind(kind), Money(cents), waived) for kind, cents, waived in charges)


def told(rows: list[Row], policy: Policy, fees: tuple[ShownFee, ...]) -> Iterator[Past]:
    """A step that was overtaken by a payment never happened; that a notice arrived is told with the notice."""
    kinds = frozenset(rows[0].line_kinds)
    until = {row.step: row.until for row in rows if row.kind == Happened.DELIVERED}
    last: Step | None = None
    for row in rows:
        if row.kind is None or row.kind == Happened.DELIVERED or row.outcome == Outcome.OVERTAKEN:
            continue
        if row.kind != Happened.STEP:
            yield event(row, policy, fees)
            continue
        assert row.step is not None, "a step's event names it"
        step = policy.step(row.step)
        if reaches(policy, step, kinds):
            yield taken(row, policy, move(policy, step, row.on_day, last, kinds), until, fees)
        last = step if step.suspension else last


def event(row: Row, policy: Policy, fees: tuple[ShownFee, ...]) -> Past:
    assert row.kind is not None
    return Past(
        Happened(row.kind),
        row.on_day,
        Money(row.overdue_cents),
        None if row.cents is None else Money(row.cents),
        row.until,
        row.reason if row.kind in EXPLAINED else "",
        rung(policy, policy.step(row.step)) if row.step else None,
        fees=tuple(fee for fee in fees if fee.kind == ChargeKind.DEFERRAL and row.kind == Happened.DEFERRED),
    )


def taken(
    row: Row, policy: Policy, made: Move, until: dict[str | None, date | None], fees: tuple[ShownFee, ...]
) -> Past:
    assert row.step is not None
    step = policy.step(row.step)
    is_waited_for = policy.waits_for(step) and row.step not in until
    return Past(
        Happened.STEP,
        row.on_day,
        Money(row.overdue_cents),
        until=until.get(row.step) if step.gives_days else None,
        rung=made.rung,
        bars=made.bars,
        fees=tuple(shown(row, made, fees)),
        is_under_way=row.closed_on is None and (row.outcome is None or (made.rung == Rung.NOTICE and is_waited_for)),
    )


def shown(row: Row, made: Move, fees: tuple[ShownFee, ...]) -> Iterator[ShownFee]:
    """What the step added to the cost of a reconnection, as it was charged or waived since."""
    charged_so_far = {fee.kind: fee for fee in fees}
    for fee in made.fees:
        if fee.kind in charged_so_far:
            yield charged_so_far[fee.kind]
        elif not row.has_ended:
            yield ShownFee(fee.kind, fee.amount)
