"""The operator's systems go on measuring while the demo runs, so that what a page calls minutes old is that.

Lines without a meter stay as they are: one whose measurement is out of date, one of which nothing is known.
"""

from __future__ import annotations

from datetime import date, datetime

from asyncpg import Connection
from piccolo.columns import UUID, BigInt
from piccolo.table import Table

from portal import clock
from portal.database import transaction
from portal.sandbox.tables import SCHEMA
from portal.usage.months import lay_months
from portal.usage.warning import warn

SOURCE = "demo"


class Meter(Table, tablename="meters", schema=SCHEMA):
    """Of a line that goes on being measured."""

    line = UUID(primary_key=True, default=None)
    bytes_a_day = BigInt(default=None)


def sequence_at(moment: datetime) -> int:
    """Later measurements have higher ones."""
    return int(moment.timestamp() * 1000)


async def measure(at: datetime) -> None:
    """Every line with a meter, as it is now. A period that has begun since begins with nothing used."""
    await lay_months(clock.day_of(at))
    async with transaction() as connected:
        await begin_periods(connected, clock.day_of(at), at)
        lines = [row["line"] for row in await connected.fetch(MEASURE, at, clock.day_of(at), sequence_at(at), SOURCE)]
        await warn(connected, lines, at)


async def begin_periods(connected: Connection, today: date, at: datetime) -> None:
    """As many as have begun while nobody measured."""
    for statement in (BEGIN_ALLOWANCES, BEGIN_SPENDING):
        while await connected.execute(statement, today, at, sequence_at(at)) != "INSERT 0 0":
            pass


# $1 today, $2 now, $3 its sequence. What was bought in addition ends with its period.
BEGIN_ALLOWANCES = """
    WITH newest AS (
        SELECT DISTINCT ON (a.line, a.code) a.* FROM usage_allowances a JOIN sandbox.meters m ON m.line = a.line
        WHERE a.code = a.kind ORDER BY a.line, a.code, a.period_from DESC
    )
    INSERT INTO usage_allowances (line, code, kind, name_sl, name_en, period_from, period_to, used, included, shared_by,
                                  own_used, measured_at, source, sequence)
    SELECT line, code, kind, name_sl, name_en, period_to + 1, (period_to + 1 + interval '1 month')::date - 1, 0,
           included, shared_by, own_used - own_used, $2, source, $3
    FROM newest WHERE period_to < $1
"""
BEGIN_SPENDING = """
    WITH newest AS (
        SELECT DISTINCT ON (s.line) s.* FROM usage_spending s JOIN sandbox.meters m ON m.line = s.line
        ORDER BY s.line, s.period_from DESC
    )
    INSERT INTO usage_spending (line, period_from, period_to, spent_cents, roaming_cents, measured_at, source, sequence)
    SELECT line, period_to + 1, (period_to + 1 + interval '1 month')::date - 1, 0, 0, $2, source, $3
    FROM newest WHERE period_to < $1
"""
# $1 now, $2 today, $3 its sequence, $4 the source. A connection each time makes what is used more since the last one;
# who shares data uses as much as the others, what is included is not gone beyond, and who is barred uses none.
MEASURE = """
    WITH due AS (
        SELECT a.line, a.code, a.period_from, CASE WHEN a.code = 'data' AND NOT coalesce(b.data, false) THEN least(
            floor(extract(epoch FROM $1 - a.measured_at) * m.bytes_a_day / 86400)::bigint,
            greatest(0, a.included - a.used) / coalesce(a.shared_by, 1)
        ) ELSE 0 END AS more
        FROM usage_allowances a JOIN sandbox.meters m ON m.line = a.line LEFT JOIN line_states b ON b.line = a.line
        WHERE $2 BETWEEN a.period_from AND a.period_to AND a.measured_at < $1
    ), measured AS (
        UPDATE usage_allowances a SET used = a.used + due.more * coalesce(a.shared_by, 1),
            own_used = a.own_used + due.more, measured_at = $1, sequence = $3
        FROM due WHERE (a.line, a.code, a.period_from) = (due.line, due.code, due.period_from)
        RETURNING a.line, due.more
    ), spent AS (
        UPDATE usage_spending s SET measured_at = $1, sequence = $3
        FROM sandbox.meters m WHERE m.line = s.line AND $2 BETWEEN s.period_from AND s.period_to AND s.measured_at < $1
    ), recorded AS (
        INSERT INTO usage_records (source, record, began_at, sequence, line, kind, place, quantity)
        SELECT $4, left(line::text, 8) || '-' || $3, $1 - interval '1 minute', $3, line, 'data', 'Slovenija', more
        FROM measured WHERE more > 0
    )
    SELECT DISTINCT line FROM measured
"""
