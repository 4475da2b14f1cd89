"""What a nightly run would do, with nothing done: who moves, why, what it costs, and who waits.

What arrived since the last run counts, as it will for the run. A bill that was corrected since does not yet: its case
stands where it stood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from asyncpg import Record

from portal.billing.open_items import owed_cents
from portal.database import connection
from portal.dunning import opening
from portal.dunning.arriving import arrived_at, written
from portal.dunning.case_tables import days_of
from portal.dunning.chunks import chunks
from portal.dunning.holds import held
from portal.dunning.moving import CHUNK, CLAIMED, NO_ACCOUNT, why
from portal.dunning.policies import policy_named
from portal.dunning.policy import Policy, Step
from portal.dunning.schedule import Course, current, next_step
from portal.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class Planned:
    """A step that an account takes or waits for, and why. `account`: its number.

    `brings`: so much more a reconnection costs after the step than before.
    """

    account: str
    policy: str
    step: str
    reason: str
    overdue: Money
    brings: Money
    moves: bool


class Sum(NamedTuple):
    cases: int = 0
    overdue: Money = ZERO
    brings: Money = ZERO

    def plus(self, one: Planned) -> Sum:
        return Sum(self.cases + 1, self.overdue + one.overdue, self.brings + one.brings)


@dataclass
class Plan:
    """`steps`, `waits`: (policy, step) → how many, and their money. `moving`, `waiting`: the first of them."""

    most: int | None = None
    steps: dict[tuple[str, str], Sum] = field(default_factory=lambda: defaultdict(Sum))
    waits: dict[tuple[str, str], Sum] = field(default_factory=lambda: defaultdict(Sum))
    moving: list[Planned] = field(default_factory=list)
    waiting: list[Planned] = field(default_factory=list)

    def add(self, one: Planned) -> None:
        sums, listed = (self.steps, self.moving) if one.moves else (self.waits, self.waiting)
        sums[one.policy, one.step] = sums[one.policy, one.step].plus(one)
        if self.most is None or len(listed) < self.most:
            listed.append(one)


async def plan(today: date, *, most: int | None = None) -> Plan:
    """`most`: so many accounts of each kind are kept one by one; None: all."""
    planned = Plan(most)
    async for one in due(today):
        planned.add(one)
    async for one in beginning(today):
        planned.add(one)
    return planned


async def due(today: date) -> AsyncIterator[Planned]:
    """Of the open cases those whose day has come, and those whose next step waits for a notice."""
    async for rows in chunks(STANDING, today):
        async with connection() as connected:
            arrived = await arrived_at(connected, [row["account"] for row in rows], today)
        for row in rows:
            if one := of_case(row, arrived.get(row["id"]), today):
                yield one


def of_case(row: Record, arrived: Course | None, today: date) -> Planned | None:
    """None where the notice that has just arrived gives it days yet."""
    course = arrived or written(row)
    policy, step = policy_named(row["policy"]), policy_named(row["policy"]).step(row["next_step"])
    on = row["next_on"]
    if arrived:
        following = next_step(policy, arrived)
        on = following.on if following else None
    if on is not None and on > today:
        return None
    waits = waits_for(row, on)
    reason = waits or why(row["issued_on"], row["due_on"])
    fee = brings(policy, step, course)
    return Planned(row["number"], policy.version, step.name, reason, Money(row["cents"]), fee, not waits)


def waits_for(row: Record, on: date | None) -> str:
    """What holds a case with a next step, from the columns of `holding`; empty where it moves."""
    if not row["cents"] and not row["is_claimed"]:
        return "nothing undisputed is overdue"
    if row["deferred_until"]:
        return f"deferred until {row['deferred_until']}"
    if row["proven_until"]:
        return f"a proof of payment holds it until {row['proven_until']}"
    if row["is_held"]:
        return "a payment is under way"
    return "" if on else "what it was told has not arrived yet"


def brings(policy: Policy, step: Step, course: Course) -> Money:
    if not step.suspension:
        return ZERO
    before = current(policy, course)
    return policy.cost(step) - (policy.cost(before) if before else ZERO)


async def beginning(today: date) -> AsyncIterator[Planned]:
    """The cases that would be opened and take their first step at once."""
    after = NO_ACCOUNT
    while True:
        async with connection() as connected:
            overdue = await connected.fetch(opening.OVERDUE, today, after, CHUNK, None)
        for row in overdue:
            if one := of_debtor(row, today):
                yield one
        if len(overdue) < CHUNK:
            return
        after = overdue[-1]["account"]


def of_debtor(row: Record, today: date) -> Planned | None:
    begun = opening.beginning(row, today)
    if not (begun.next_step and begun.next_on and begun.next_on <= today):
        return None
    policy, course = policy_named(begun.policy), Course(row["issued_on"], row["due_on"], days_of(begun.taken))
    step, reason = policy.step(begun.next_step), why(row["issued_on"], row["due_on"])
    fee = brings(policy, step, course)
    return Planned(row["number"], policy.version, step.name, reason, Money(row["cents"]), fee, moves=True)


def holding(today: str) -> str:
    """Columns of a case `c`: what is owed, and what holds it on a day that stands there in SQL."""
    return f"""
        {CLAIMED} AS is_claimed, {held("c.account", today)} AS is_held,
        {owed_cents("c.account", today)} AS cents,
        (SELECT until FROM deferrals WHERE account = c.account AND ended_at IS NULL AND until >= {today})
            AS deferred_until,
        (SELECT max(holds_until) FROM proofs
         WHERE account = c.account AND state = 'accepted' AND holds_until >= {today}) AS proven_until
    """  # noqa: S608 - our own words


STANDING = f"""
    SELECT c.*, a.number, {holding("$3")}
    FROM (
        SELECT id, account, policy, issued_on, due_on, taken, last_days, next_step, next_on FROM dunning_cases
        WHERE closed_at IS NULL AND next_step IS NOT NULL AND (next_on IS NULL OR next_on <= $3) AND id > $1
        ORDER BY id LIMIT $2
    ) c
    JOIN accounts a ON a.id = c.account
    ORDER BY c.id
"""  # noqa: S608 - our own words
