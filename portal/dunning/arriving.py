"""Notices that arrived, and those that did not: nothing is barred on a notice that nobody got.

An SMS has arrived when the network says so, a letter so many days after it was posted. An SMS that will not arrive,
or has no receipt for days, is sent again as a letter.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import uuid_utils.compat
from asyncpg import Connection, Record

from portal.billing.open_items import owed_cents
from portal.database import transaction
from portal.dunning.case_tables import days_of
from portal.dunning.cases import NIGHTLY
from portal.dunning.chunks import chunks
from portal.dunning.moving import CHUNK
from portal.dunning.notices import post
from portal.dunning.policies import policy_named
from portal.dunning.schedule import Course, last_day, next_step
from portal.failures import passed_over, raise_first
from portal.messaging.tables import Channel

Tick = Callable[[int], None]
"""Hears how many there are so far."""


def unheard(_: int) -> None:
    pass


async def note_arrived(today: date, at: datetime, only: Sequence[UUID] | None = None, *, tick: Tick = unheard) -> int:
    """Note every notice that arrived, in chunks; the steps that waited for it get their day. Returns how many."""
    count = 0
    while True:
        async with transaction() as connected:
            arrived = await connected.fetch(ARRIVED, today, CHUNK, only)
            if arrived:
                await write(connected, arrived, at)
        count += len(arrived)
        tick(count)
        if len(arrived) < CHUNK:
            return count


async def arrived_at(connected: Connection, accounts: Sequence[UUID], today: date) -> dict[UUID, Course]:
    """Case → its course with what arrived and is not noted yet, where there is any. Nothing is locked."""
    return courses_of(await connected.fetch(FOUND, today, None, accounts))


async def write(connected: Connection, arrived: list[Record], at: datetime) -> None:
    courses = courses_of(arrived)
    await connected.execute(
        ARRIVE,
        [row["notice"] for row in arrived],
        [row["id"] for row in arrived],
        [row["step"] for row in arrived],
        [delivered_on(row) for row in arrived],
        [row["on_day"] for row in arrived],
        [courses[row["id"]].last_days[row["step"]] for row in arrived],
        [json.dumps(courses[row["id"]].last_days, default=date.isoformat) for row in arrived],
        [next_day(row, courses[row["id"]]) for row in arrived],
        [row["cents"] for row in arrived],
        at,
        NIGHTLY,
        [uuid_utils.compat.uuid7() for _ in arrived],
    )


def courses_of(arrived: list[Record]) -> dict[UUID, Course]:
    """Case → its course with all of its notices that arrived."""
    courses: dict[UUID, Course] = {}
    for row in arrived:
        courses[row["id"]] = with_notice(courses.get(row["id"]) or written(row), row)
    return courses


def written(row: Record) -> Course:
    return Course(row["issued_on"], row["due_on"], days_of(row["taken"]), days_of(row["last_days"]))


def with_notice(course: Course, row: Record) -> Course:
    """What a message promised stands, also where it arrived sooner than was to be expected."""
    step = policy_named(row["policy"]).step(row["step"])
    last = max(row["last_day"], last_day(step, delivered_on(row)))
    return replace(course, last_days={**course.last_days, step.name: last})


def next_day(row: Record, course: Course) -> date | None:
    due = next_step(policy_named(row["policy"]), course) if row["next_step"] else None
    return due.on if due else None


def delivered_on(row: Record) -> date:
    day: date = row["on_day"]
    if row["channel"] == Channel.LETTER:
        day += timedelta(days=policy_named(row["policy"]).post_days)
    return day


async def post_missing(today: date, at: datetime, only: Sequence[UUID] | None = None, *, tick: Tick = unheard) -> int:
    """Send by post what did not arrive by SMS and a later step waits for. Returns how many letters were ordered.

    Each is written for its customer, so it is a transaction for each: they are as few as wrong numbers are, or as many
    as the gateway has kept silent about.
    """
    count = 0
    failures: list[Exception] = []
    async for missing in chunks(MISSING, at, only):
        for row in missing:
            with passed_over(failures):
                if is_missed(row, today) and await post(row["id"], at=at):
                    count += 1
                    tick(count)
    raise_first(failures)
    return count


def is_missed(row: Record, today: date) -> bool:
    policy = policy_named(row["policy"])
    if not policy.waits_for(policy.step(row["step"])):
        return False
    return bool(row["has_failed"]) or row["on_day"] + timedelta(days=policy.letter_after_days) <= today


FOUND = f"""
    SELECT n.id AS notice, n.step, n.last_day, c.id, c.policy, c.issued_on, c.due_on, c.taken, c.last_days, c.next_step,
           m.channel, (coalesce(m.delivered_at, m.sent_at) AT TIME ZONE 'Europe/Ljubljana')::date AS on_day,
           {owed_cents("c.account", "$1")} AS cents
    FROM notices n
    JOIN dunning_cases c ON c.id = n.dunning_case AND c.closed_at IS NULL
    JOIN LATERAL (
        SELECT channel, delivered_at, sent_at FROM messages
        WHERE channel IN ('sms', 'letter') AND once = 'notice ' || n.id
          AND state = CASE channel WHEN 'sms' THEN 'delivered' ELSE 'handed_over' END
        ORDER BY coalesce(delivered_at, sent_at) LIMIT 1
    ) m ON true
    WHERE n.is_awaited AND ($3::uuid[] IS NULL OR n.account = ANY ($3))
    ORDER BY n.at LIMIT $2
"""  # noqa: S608 - our own words
ARRIVED = f"{FOUND} FOR UPDATE OF n, c SKIP LOCKED"
ARRIVE = """
    WITH a AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::date[], $6::date[], $7::text[],
                             $8::date[], $9::bigint[], $12::uuid[])
            AS a (notice, id, step, delivered_on, on_day, last_day, last_days, next_on, cents, event)
    ), noted AS (
        UPDATE notices n SET delivered_on = a.delivered_on, last_day = a.last_day, is_awaited = false
        FROM a WHERE n.id = a.notice
    ), moved AS (
        UPDATE dunning_cases c SET last_days = c.last_days || a.last_days::jsonb, next_on = a.next_on
        FROM a WHERE c.id = a.id
    )
    INSERT INTO case_events (id, dunning_case, kind, step, on_day, at, overdue_cents, until, reason, decided_by)
    SELECT event, id, 'delivered', step, on_day, $10, cents, last_day, 'the notice arrived', $11 FROM a
"""
MISSING = """
    SELECT n.id, n.step, n.policy, (n.at AT TIME ZONE 'Europe/Ljubljana')::date AS on_day,
           m.state IN ('failed', 'refused', 'expired') AS has_failed
    FROM notices n
    JOIN dunning_cases c ON c.id = n.dunning_case AND c.closed_at IS NULL
    JOIN messages m ON m.channel = 'sms' AND m.once = 'notice ' || n.id AND m.state <> 'delivered'
    WHERE n.is_awaited AND n.posted_at IS NULL AND n.at <= $3 AND ($4::uuid[] IS NULL OR n.account = ANY ($4))
      AND n.id > $1
    ORDER BY n.id LIMIT $2
"""
