"""Noting who is to be warned: of what is included, or of what may be spent, much or all is used.

Set-based, in the transaction that wrote the measurements: here only rows are written and jobs enqueued. `telling.py`
tells; `blocking.py` switches off and on what a limit asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from asyncpg import Connection

from portal import clock
from portal.jobs import ORDINARY, PATIENT, enqueue
from portal.messaging.daytime import until_morning
from portal.usage.blocking import order_keeping
from portal.usage.policy import policy
from portal.usage.running import earliest_start

SPENDING, ROAMING = "spending", "roaming"
"""What a warning is about, when not an allowance."""
AT_A_TIME = 100
"""So many warnings are told by one job; a message is written for each."""


async def warn(
    connected: Connection, lines: Sequence[UUID], at: datetime, *, reaching: Sequence[UUID] | None = None
) -> None:
    """Of these lines, in the running transaction: each percentage of an allowance or a limit that was reached and not
    warned of in this period. Who leaps over several is told of the highest; the others are noted, so that none comes
    late. Blocks that the measurements ask for, or no longer ask for, are ordered to be looked after.

    `reaching`: those of the lines of which something may have reached a percentage; left out, all of them.
    """
    today, rules = clock.day_of(at), policy()
    noted = await connected.fetch(
        NOTE,
        lines if reaching is None else reaching,
        today,
        earliest_start(today),
        at - rules.warnings.measured_within,
        rules.warnings.percents,
        rules.roaming.limit.cents,
        at,
    )
    await order_telling([row["id"] for row in noted if row["is_urgent"]], at, is_urgent=True)
    await order_telling([row["id"] for row in noted if not row["is_urgent"]], at)
    await order_keeping(connected, lines, today)


async def order_telling(warnings: Sequence[UUID], at: datetime, *, is_urgent: bool = False) -> None:
    """Jobs for the running transaction: some warnings each. What is not urgent waits at night for the morning."""
    after = None if is_urgent else until_morning(at)
    for first in range(0, len(warnings), AT_A_TIME):
        ids = " ".join(str(warning) for warning in warnings[first : first + AT_A_TIME])
        await enqueue("usage.tell", priority=ORDINARY if is_urgent else PATIENT, after=after, warnings=ids)


async def note_what_is_known(connected: Connection, line: UUID, today: date, at: datetime) -> None:
    """Begin the line's warnings of spending anew, for a limit that was just set: what it has reached is said where it
    is set, and told by no message.
    """
    await connected.execute(FORGET, line, SPENDING, today, earliest_start(today))
    await connected.execute(KNOWN, line, today, earliest_start(today), policy().warnings.percents, at)


# $1 lines, $2 today, $3 the earliest day a running period can begin on, $4 the oldest measurement that warns,
# $5 percents, $6 the limit of roaming with VAT in cents, $7 now. Whoever changes a limit meanwhile waits for us, or we
# for them: so each of its warnings is of the limit that stands.
NOTE = """
    WITH included AS (
        SELECT u.line, u.period_from, u.code AS about, p.percent, u.kind = 'roaming_data' AS is_roaming
        FROM usage_allowances u CROSS JOIN unnest($5::int[]) AS p(percent)
        WHERE u.line = ANY ($1) AND u.period_from BETWEEN $3 AND $2 AND u.period_to >= $2 AND u.measured_at >= $4
          AND u.included > 0 AND u.used::numeric * 100 >= u.included::numeric * p.percent
    ), spent AS (
        SELECT s.line, s.period_from, s.spent_cents, s.roaming_cents
        FROM usage_spending s
        WHERE s.line = ANY ($1) AND s.period_from BETWEEN $3 AND $2 AND s.period_to >= $2 AND s.measured_at >= $4
    ), beyond AS (
        SELECT s.line, s.period_from, 'spending' AS about, p.percent, false AS is_roaming
        FROM spent s JOIN spending_limits m ON m.line = s.line CROSS JOIN unnest($5::int[]) AS p(percent)
        WHERE s.spent_cents::numeric * 100 >= m.limit_cents::numeric * p.percent
        FOR SHARE OF m
    ), abroad AS (
        SELECT s.line, s.period_from, 'roaming' AS about, p.percent, true AS is_roaming
        FROM spent s CROSS JOIN unnest($5::int[]) AS p(percent)
        WHERE s.roaming_cents::numeric * 100 >= $6::numeric * p.percent
    ), reached AS (
        SELECT * FROM included UNION ALL SELECT * FROM beyond UNION ALL SELECT * FROM abroad
    ), noted AS (
        INSERT INTO usage_warnings (line, period_from, about, percent, warned_at)
        SELECT line, period_from, about, percent, $7 FROM reached ORDER BY line, period_from, about, percent
        ON CONFLICT DO NOTHING
        RETURNING id, line, period_from, about, percent
    )
    SELECT DISTINCT ON (n.line, n.period_from, n.about) n.id, n.percent >= 100 OR r.is_roaming AS is_urgent
    FROM noted n JOIN reached r USING (line, period_from, about, percent)
    ORDER BY n.line, n.period_from, n.about, n.percent DESC
"""
FORGET = "DELETE FROM usage_warnings WHERE line = $1 AND about = $2 AND period_from BETWEEN $4 AND $3"
KNOWN = """
    INSERT INTO usage_warnings (line, period_from, about, percent, warned_at)
    SELECT s.line, s.period_from, 'spending', p.percent, $5
    FROM usage_spending s JOIN spending_limits m ON m.line = s.line CROSS JOIN unnest($4::int[]) AS p(percent)
    WHERE s.line = $1 AND s.period_from BETWEEN $3 AND $2 AND s.period_to >= $2
      AND s.spent_cents::numeric * 100 >= m.limit_cents::numeric * p.percent
    ON CONFLICT DO NOTHING
"""
