"""The first look at what is left: of each line the kind of use of which the smallest share is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.customers.quantities import AllowanceKind
from portal.statements import Statement
from portal.usage.reading import whole_left
from portal.usage.running import earliest_start

FEW = 3
LOOKED_AT = 50
"""Of a company with hundreds of numbers so many are looked at: the first page waits for this."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One kind on one line. `remaining`, `included`: of all allowances of this kind that run; `shared_by`: so many
    lines. Units as in measured.py.
    """

    line: UUID
    number: str
    kind: AllowanceKind
    remaining: int
    included: int
    shared_by: int | None
    measured_at: datetime

    @property
    def left(self) -> int:
        return whole_left(self.kind, self.remaining)


@dataclass(frozen=True, slots=True)
class Glance:
    """The tightest lines first, one of those that share; `has_more`: others are not shown."""

    shown: Sequence[Glimpse]
    has_more: bool


async def glance_at(account: UUID, numbers: Sequence[str], today: date) -> Glance:
    """Of those lines of the account that have these numbers. Of what is used abroad nothing is told here: most days
    are at home.
    """
    found = await GLANCE.all(
        account=account,
        numbers=list(numbers),
        looked_at=LOOKED_AT,
        today=today,
        since=earliest_start(today),
        few=FEW,
    )
    return Glance(found, len(numbers) > len(found))


GLANCE = Statement(
    """
    SELECT line, number, kind, remaining, included, shared_by, measured_at
    FROM (
        SELECT DISTINCT ON (CASE WHEN t.shared_by IS NULL THEN t.number ELSE t.shared END) t.*
        FROM (
            SELECT DISTINCT ON (k.line) k.*, concat_ws(' ', k.codes, k.included, k.shared_by) AS shared
            FROM (
                SELECT l.id AS line, l.number, a.kind, min(a.measured_at) AS measured_at,
                       max(a.shared_by) AS shared_by, string_agg(a.code, ' ' ORDER BY a.code) AS codes,
                       sum(a.included)::bigint AS included, sum(greatest(a.included - a.used, 0))::bigint AS remaining
                FROM (
                    SELECT id, number FROM lines WHERE account = $1 AND number = ANY ($2) ORDER BY number LIMIT $3
                ) l
                JOIN usage_allowances a ON a.line = l.id
                WHERE a.period_from BETWEEN $5 AND $4 AND a.period_to >= $4 AND a.kind <> 'roaming_data'
                GROUP BY l.id, l.number, a.kind
                HAVING bool_and(a.included IS NOT NULL) AND sum(a.included) > 0
            ) k
            ORDER BY k.line, k.remaining::numeric / k.included, k.kind
        ) t
        ORDER BY CASE WHEN t.shared_by IS NULL THEN t.number ELSE t.shared END, t.remaining::numeric / t.included,
                 t.number
    ) p
    ORDER BY remaining::numeric / included, number LIMIT $6
    """,
    Glimpse,
    ("account", "numbers", "looked_at", "today", "since", "few"),
)
