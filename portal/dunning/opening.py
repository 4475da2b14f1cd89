"""Opening a case for every account whose first bill is overdue, with the policy of its package and customer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import uuid_utils.compat
from asyncpg import Connection, Record

from portal.billing.open_items import IS_OWED
from portal.customers.tables import CustomerKind, PackageKind
from portal.database import transaction
from portal.dunning.cases import NIGHTLY
from portal.dunning.moving import CHUNK, NO_ACCOUNT
from portal.dunning.policies import policy_for
from portal.dunning.policy import Policy
from portal.dunning.schedule import Course, next_step


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a case begins. `taken`, `last_days`: as the row holds them."""

    policy: str
    taken: str
    last_days: str
    next_step: str | None
    next_on: date | None


async def open_due(today: date, at: datetime, only: Sequence[UUID] | None = None) -> AsyncIterator[int]:
    """Open what is to be opened, chunk by chunk; yields how many cases each opened."""
    after: UUID | None = NO_ACCOUNT
    while after is not None:
        async with transaction() as connected:
            overdue = await connected.fetch(OVERDUE, today, after, CHUNK, only)
            opened = await write(connected, overdue, today, at) if overdue else 0
        after = overdue[-1]["account"] if len(overdue) == CHUNK else None
        if opened:
            yield opened


async def write(connected: Connection, overdue: list[Record], today: date, at: datetime) -> int:
    begun = [beginning(row, today) for row in overdue]
    status = await connected.execute(
        OPEN,
        [uuid_utils.compat.uuid7() for _ in overdue],
        [row["account"] for row in overdue],
        [row["bill"] for row in overdue],
        [row["issued_on"] for row in overdue],
        [row["due_on"] for row in overdue],
        [row["cents"] for row in overdue],
        [one.policy for one in begun],
        [one.taken for one in begun],
        [one.last_days for one in begun],
        [one.next_step for one in begun],
        [one.next_on for one in begun],
        today,
        at,
        NIGHTLY,
        [uuid_utils.compat.uuid7() for _ in overdue],
    )
    return int(status.split()[-1])


class Debtor(NamedTuple):
    """What decides where a case begins: the same for thousands of accounts."""

    package: str
    customer: str
    issued_on: date
    due_on: date
    rank: int | None
    suspended_on: date | None


def beginning(row: Record, today: date) -> Beginning:
    return begin(Debtor(*(row[column] for column in Debtor._fields)), today)


@lru_cache(maxsize=65536)
def begin(debtor: Debtor, today: date) -> Beginning:
    """An account that is suspended already, by hand or before cases were kept, begins at that step."""
    policy = policy_for(PackageKind(debtor.package), CustomerKind(debtor.customer), today)
    course = Course(debtor.issued_on, debtor.due_on)
    if debtor.rank is not None and debtor.suspended_on is not None:
        course = suspended(policy, course, debtor.rank, debtor.suspended_on)
    following = next_step(policy, course)
    return Beginning(
        policy.version,
        written(course.taken),
        written(course.last_days),
        following.step.name if following else None,
        following.on if following else None,
    )


def suspended(policy: Policy, course: Course, rank: int, on: date) -> Course:
    for step in policy.steps:
        course = course.with_step(step, on).delivered(step, on)
        if step.suspension is not None and step.suspension >= rank:
            break
    return course


def written(days: object) -> str:
    return json.dumps(days, default=date.isoformat)


# The account's mobile package rules over its fixed one. What has no running contract is left to people: there is
# nothing to bar. A suspension that is being lifted belongs to what was paid.
OVERDUE = f"""
    SELECT o.account, a.number, o.bill, o.cents, b.issued_on, b.due_on, c.kind AS customer, p.kind AS package,
           s.step AS rank, (s.started_at AT TIME ZONE 'Europe/Ljubljana')::date AS suspended_on
    FROM (
        SELECT account, (array_agg(id ORDER BY due_on, number))[1] AS bill,
               sum(open_cents - disputed_cents)::bigint AS cents
        FROM bills
        WHERE {IS_OWED} AND due_on < $1 AND account > $2
          AND ($4::uuid[] IS NULL OR account = ANY ($4))
          AND NOT EXISTS (SELECT FROM dunning_cases d WHERE d.account = bills.account AND d.closed_at IS NULL)
          AND EXISTS (
              SELECT FROM contracts t WHERE t.account = bills.account AND (t.ended_on IS NULL OR t.ended_on > $1)
          )
        GROUP BY account ORDER BY account LIMIT $3
    ) o
    JOIN bills b ON b.id = o.bill
    JOIN accounts a ON a.id = o.account
    JOIN customers c ON c.id = a.customer
    CROSS JOIN LATERAL (
        SELECT k.kind FROM contracts t JOIN packages k ON k.id = t.package
        WHERE t.account = o.account AND (t.ended_on IS NULL OR t.ended_on > $1)
        ORDER BY array_position('{{mobile,flex,kombo,legacy_fixed}}', k.kind::text) LIMIT 1
    ) p
    LEFT JOIN suspensions s ON s.account = o.account AND s.ended_at IS NULL
        AND NOT EXISTS (SELECT FROM reconnections r WHERE r.suspension = s.id)
    ORDER BY o.account
"""  # noqa: S608 - our own words
# Whoever opened one meanwhile was first.
OPEN = """
    WITH o AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::date[], $6::bigint[], $7::text[],
                             $8::text[], $9::text[], $10::text[], $11::date[], $15::uuid[])
            AS o (id, account, bill, issued_on, due_on, cents, policy, taken, last_days, next_step, next_on, event)
    ), opened AS (
        INSERT INTO dunning_cases (id, account, policy, bill, issued_on, due_on, taken, last_days, next_step, next_on,
                                   opened_on)
        SELECT id, account, policy, bill, issued_on, due_on, taken::jsonb, last_days::jsonb, next_step, next_on, $12
        FROM o
        ON CONFLICT (account) WHERE closed_at IS NULL DO NOTHING
        RETURNING id, bill, due_on
    )
    INSERT INTO case_events (id, dunning_case, kind, on_day, at, overdue_cents, reason, decided_by)
    SELECT o.event, opened.id, 'opened', $12, $13, o.cents, 'a bill is unpaid since ' || opened.due_on, $14
    FROM opened JOIN o ON o.id = opened.id
"""
