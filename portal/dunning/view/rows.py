"""The one statement behind a timeline: a row for each event of an account's open case, or else of its last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.billing.tables import ChargeKind
from portal.customers.tables import LineKind
from portal.dunning.case_tables import Happened, Outcome
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class Row:
    """An event beside its case, or the case alone. `charges` are all that it and its deferrals made so far."""

    policy: str
    opened_on: date
    closed_on: date | None
    charge_kinds: list[ChargeKind]
    charge_cents: list[int]
    charges_waived: list[bool]
    line_kinds: list[LineKind]
    has_ended: bool
    """The contracts: then no reconnection costs anything any more."""
    kind: Happened | None
    step: str | None
    on_day: date
    at: datetime
    overdue_cents: int
    cents: int | None
    until: date | None
    reason: str
    outcome: Outcome | None


TIMELINE = Statement(
    """
    SELECT k.policy, k.opened_on, (k.closed_at AT TIME ZONE 'Europe/Ljubljana')::date AS closed_on,
           f.charge_kinds, f.charge_cents, f.charges_waived,
           ARRAY(SELECT DISTINCT kind FROM lines WHERE account = $1) AS line_kinds,
           EXISTS (SELECT FROM terminations WHERE dunning_case = k.id AND reversed_at IS NULL) AS has_ended,
           e.kind, e.step, e.on_day, e.at, e.overdue_cents, e.cents, e.until, e.reason, e.outcome
    FROM (
        SELECT * FROM dunning_cases WHERE account = $1 ORDER BY closed_at DESC NULLS FIRST LIMIT 1
    ) k
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(kind ORDER BY id), '{}') AS charge_kinds,
               coalesce(array_agg(amount_cents ORDER BY id), '{}') AS charge_cents,
               coalesce(array_agg(waived_at IS NOT NULL ORDER BY id), '{}') AS charges_waived
        FROM charges WHERE account = $1
          AND (occasion = k.id OR occasion IN (SELECT id FROM deferrals WHERE dunning_case = k.id))
    ) f
    LEFT JOIN case_events e ON e.dunning_case = k.id
    ORDER BY e.at, e.kind <> 'opened', e.kind = 'settled', e.id
    """,
    Row,
    ("account",),
)
