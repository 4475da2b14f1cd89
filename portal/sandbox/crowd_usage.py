"""What the lines of the crowd use: four allowances each in the period that runs, and as many in those before it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime

from portal.database import transaction
from portal.usage.months import lay_months

CHUNK = 50_000


async def measure(lines: int, today: date, at: datetime, *, periods: int = 1) -> AsyncIterator[int]:
    """Of the lines of the customers 1 to `lines`, whose lines need not be there; yields of how many it is known.

    Those are measured anew that were measured before another day.
    """
    await lay_months(today)
    for first in range(1, lines + 1, CHUNK // periods):
        last = min(first + CHUNK // periods - 1, lines)
        async with transaction() as connected:
            await connected.execute("SET LOCAL statement_timeout = 0")
            for statement in (ALLOWANCES, SPENDING):
                await connected.execute(statement, first, last, today, periods, at, timeout=600)
        yield last


# $1 to $2 the customers, $3 today, $4 how many periods, $5 now. Periods begin on all days of a month.
PERIODS = """
    SELECT n, md5('moj demo line' || n)::uuid AS line, (anchor - back * interval '1 month')::date AS first,
           (anchor - (back - 1) * interval '1 month')::date - 1 AS last, back,
           CASE WHEN back = 0 THEN $3 - anchor ELSE 28 END AS days
    FROM generate_series($1::bigint, $2::bigint) n, generate_series(0, $4::int - 1) back,
         LATERAL (SELECT date_trunc('month', $3::date)::date + (n % 28)::int AS day) this_month,
         LATERAL (SELECT CASE WHEN day > $3 THEN (day - interval '1 month')::date ELSE day END AS anchor) begun
"""
ALLOWANCES = f"""
    INSERT INTO usage_allowances
        (line, code, kind, period_from, period_to, used, included, measured_at, source, sequence)
    SELECT line, kind, kind, first, last, (a_day * days * (50 + (n * 7919 + back * 104729) % 80) / 100)::bigint,
           included, CASE WHEN back = 0 THEN $5::timestamptz ELSE last + interval '22 hours' END, 'crowd', 1
    FROM ({PERIODS}) p, (VALUES
        ('calls', 900::bigint, 30000::bigint), ('messages', 2, 100), ('data', 150000000, 5000000000),
        ('roaming_data', 9000000, 1500000000)
    ) AS a (kind, a_day, included)
    ON CONFLICT (line, code, period_from) DO UPDATE SET measured_at = excluded.measured_at
    WHERE usage_allowances.measured_at < excluded.measured_at
"""  # noqa: S608 - of words of ours
SPENDING = f"""
    INSERT INTO usage_spending (line, period_from, period_to, spent_cents, measured_at, source, sequence)
    SELECT line, first, last, (n * 7919 + back * 104729) % 900,
           CASE WHEN back = 0 THEN $5::timestamptz ELSE last + interval '22 hours' END, 'crowd', 1
    FROM ({PERIODS}) p
    ON CONFLICT (line, period_from) DO UPDATE SET measured_at = excluded.measured_at
    WHERE usage_spending.measured_at < excluded.measured_at
"""  # noqa: S608
