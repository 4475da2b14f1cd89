"""The step that is due: taken by thousands of cases at once, each with its event and the job that carries it out.

The rules run in Python, once for each course that cases share; the rows are read and written by sets. A chunk is a
transaction: killed, it has not happened; run again, what moved is no longer due; two runs pass over each other's rows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import uuid_utils.compat
from asyncpg import Connection, Record

from portal.billing.open_items import owed_cents
from portal.database import transaction
from portal.dunning.case_tables import days_of
from portal.dunning.cases import NIGHTLY
from portal.dunning.holds import HELD
from portal.dunning.policies import policy_named
from portal.dunning.schedule import Course, next_step
from portal.jobs import enqueue

CHUNK = 2000
AT_A_TIME = 100
"""So many events are carried out by one job: each is the order for itself, and knows whether it was."""
NO_ACCOUNT = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that a case takes, and what comes after it."""

    name: str
    reason: str
    next_step: str | None
    next_on: date | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A chunk: how many cases took which step with how many cents overdue."""

    steps: dict[tuple[str, str], tuple[int, int]]

    @property
    def cases(self) -> int:
        return sum(count for count, _ in self.steps.values())


async def move_due(today: date, at: datetime, only: Sequence[UUID] | None = None) -> AsyncIterator[Moved]:
    """Move every case whose step is due, chunk by chunk."""
    after: UUID | None = NO_ACCOUNT
    while after is not None:
        async with transaction() as connected:
            due = await connected.fetch(DUE, today, after, CHUNK, only)
            if due:
                await write(connected, due, today, at)
        after = due[-1]["id"] if len(due) == CHUNK else None
        if due:
            yield counted(due)


async def write(connected: Connection, due: list[Record], today: date, at: datetime) -> None:
    steps = [taken(row, today) for row in due]
    events = [uuid_utils.compat.uuid7() for _ in due]
    await connected.execute(
        MOVE,
        [row["id"] for row in due],
        [step.name for step in steps],
        [step.next_step for step in steps],
        [step.next_on for step in steps],
        [row["cents"] for row in due],
        [step.reason for step in steps],
        events,
        today,
        at,
        NIGHTLY,
    )
    await order(events)


async def order(events: Sequence[UUID]) -> None:
    """Have steps carried out, in the running transaction."""
    for first in range(0, len(events), AT_A_TIME):
        some = events[first : first + AT_A_TIME]
        await enqueue("dunning.carry_out", events=" ".join(str(event) for event in some))


class Position(NamedTuple):
    """Where a case stands, as its row has it: the same for thousands of a night's cases."""

    policy: str
    issued_on: date
    due_on: date
    taken: str
    last_days: str
    next_step: str


def taken(row: Record, today: date) -> Taken:
    return step_of(Position(*(row[column] for column in Position._fields)), today)


@lru_cache(maxsize=65536)
def step_of(position: Position, today: date) -> Taken:
    policy = policy_named(position.policy)
    step = policy.step(position.next_step)
    course = Course(position.issued_on, position.due_on, days_of(position.taken), days_of(position.last_days))
    following = next_step(policy, course.with_step(step, today))
    return Taken(
        step.name,
        why(position.issued_on, position.due_on),
        following.step.name if following else None,
        following.on if following else None,
    )


def why(issued_on: date, due_on: date) -> str:
    return f"unpaid since {due_on}, issued on {issued_on}"


def counted(due: list[Record]) -> Moved:
    steps: dict[tuple[str, str], tuple[int, int]] = {}
    for row in due:
        count, cents = steps.get((row["policy"], row["next_step"]), (0, 0))
        steps[row["policy"], row["next_step"]] = count + 1, cents + row["cents"]
    return Moved(steps)


# What is owed is asked beside the case: a case with nothing undisputed overdue stands still until it is closed.
# What is claimed back after a termination is demanded although all else was paid.
CLAIMED = """EXISTS (
        SELECT FROM terminations t JOIN bills b ON b.id = t.claim
        WHERE t.dunning_case = c.id AND t.reversed_at IS NULL AND b.open_cents > b.disputed_cents
    )"""
DUE = f"""
    SELECT c.id, c.policy, c.issued_on, c.due_on, c.taken, c.last_days, c.next_step, o.cents, c.account
    FROM dunning_cases c
    CROSS JOIN LATERAL (SELECT {owed_cents("c.account", "$1")} AS cents) o
    WHERE c.closed_at IS NULL AND c.next_on <= $1 AND c.id > $2 AND (o.cents > 0 OR {CLAIMED}) AND NOT {HELD}
      AND ($4::uuid[] IS NULL OR c.account = ANY ($4))
    ORDER BY c.id LIMIT $3
    FOR UPDATE OF c SKIP LOCKED
"""  # noqa: S608 - our own words
MOVE = """
    WITH m AS (
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::bigint[], $6::text[], $7::uuid[])
            AS m (id, step, next_step, next_on, cents, reason, event)
    ), moved AS (
        UPDATE dunning_cases c SET taken = c.taken || jsonb_build_object(m.step, $8::date),
            next_step = m.next_step, next_on = m.next_on
        FROM m WHERE c.id = m.id
    )
    INSERT INTO case_events (id, dunning_case, kind, step, on_day, at, overdue_cents, reason, decided_by)
    SELECT event, id, 'step', step, $8, $9, cents, reason, $10 FROM m
"""
