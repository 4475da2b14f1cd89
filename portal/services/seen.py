"""Everything that is known of the services of one line, as one statement reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.customers.tables import CustomerKind
from portal.money import Money
from portal.network.tables import OFF, Setting
from portal.services.catalogue import Service
from portal.services.catalogue.edition import OTHER
from portal.services.tables import Billed, SwitchState
from portal.services.withdrawal_terms import Bought
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class UnderWay:
    """What was asked for and is not confirmed yet: shown as «switching on …», never as the state."""

    setting: Setting
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """A switch that can still be cancelled. It waits for a day, or for its `documents` to be signed at that path."""

    id: UUID
    setting: Setting
    starts_on: date | None
    documents: str | None

    @property
    def is_to_sign(self) -> bool:
        return self.documents is not None


@dataclass(frozen=True, slots=True)
class Refused:
    """The last wish, which was not done. `code` is one of the catalogue's refusals: `catalogue.why(code, language)`."""

    id: UUID
    setting: Setting
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """A service of a line as one statement reads it. `wished_…` is the newest wish that has not ended, `planned_…` a
    switch that waits for its day or its signature, `refused_…` the last wish if it was refused, `bought_…` the last
    purchase that was not withdrawn.
    """

    service: str
    customer_kind: CustomerKind
    read_at: datetime | None
    is_on: bool | None
    value: str | None
    since: datetime | None
    wished_on: bool | None
    wished_value: str | None
    wished_at: datetime | None
    is_under_way: bool
    planned_id: UUID | None
    planned_on: bool | None
    planned_value: str | None
    planned_state: SwitchState | None
    planned_for: date | None
    documents: str | None
    refused_id: UUID | None
    refused_on: bool | None
    refused_value: str | None
    refused_as: str | None
    refused_at: datetime | None
    bought_id: UUID | None
    bought_billed: Billed | None
    bought_cents: int | None
    bought_at: datetime | None

    @property
    def network(self) -> Setting | None:
        return None if self.read_at is None else setting(self.is_on, self.value) or OFF

    @property
    def wish(self) -> Setting | None:
        return setting(self.wished_on, self.wished_value)

    @property
    def under_way(self) -> UnderWay | None:
        wish = self.wish
        return UnderWay(wish, self.wished_at) if self.is_under_way and wish and self.wished_at else None

    @property
    def planned(self) -> Planned | None:
        target = setting(self.planned_on, self.planned_value)
        if self.planned_id is None or target is None:
            return None
        documents = self.documents if self.planned_state == SwitchState.TO_SIGN else None
        return Planned(self.planned_id, target, self.planned_for, documents)

    @property
    def refused(self) -> Refused | None:
        target = setting(self.refused_on, self.refused_value)
        if self.refused_id is None or target is None or self.refused_at is None:
            return None
        return Refused(self.refused_id, target, self.refused_as or OTHER, self.refused_at)

    def bought(self, service: Service) -> Bought | None:
        """By a person: companies have no right to withdraw."""
        if self.bought_id is None or self.bought_at is None or self.bought_billed is None:
            return None
        if self.customer_kind != CustomerKind.PERSON:
            return None
        return Bought(self.bought_id, service, self.bought_billed, Money(self.bought_cents or 0), self.bought_at)


def setting(is_on: bool | None, value: str | None) -> Setting | None:
    return None if is_on is None else Setting(is_on, value)


# Of a line and service there is one open order, one switch under way and one planned at most.
SEEN = Statement(
    """
    SELECT offered.code AS service, c.kind AS customer_kind, r.read_at, s.is_on, s.value, s.since,
           coalesce(w.is_on, o.is_on) AS wished_on,
           CASE WHEN w.id IS NULL THEN o.value ELSE w.value END AS wished_value,
           coalesce(w.asked_at, o.asked_at) AS wished_at,
           o.id IS NOT NULL OR coalesce(w.state = 'queued', false) AS is_under_way,
           p.id AS planned_id, p.is_on AS planned_on, p.value AS planned_value, p.state AS planned_state,
           p.starts_on AS planned_for, p.documents,
           n.id AS refused_id, n.is_on AS refused_on, n.value AS refused_value, n.refused_as, n.ended_at AS refused_at,
           b.id AS bought_id, b.billed AS bought_billed, b.price_cents AS bought_cents, b.ended_at AS bought_at
    FROM lines l
    JOIN accounts a ON a.id = l.account
    JOIN customers c ON c.id = a.customer
    CROSS JOIN unnest($2::text[]) AS offered (code)
    LEFT JOIN services_read r ON r.line = l.id
    LEFT JOIN service_states s ON s.line = l.id AND s.service = offered.code
    LEFT JOIN service_orders o
        ON o.line = l.id AND o.service = offered.code AND o.state IN ('waiting', 'sent', 'unknown')
    LEFT JOIN switches w ON w.line = l.id AND w.service = offered.code AND w.state IN ('queued', 'ordered')
    LEFT JOIN switches p ON p.line = l.id AND p.service = offered.code AND p.state IN ('to_sign', 'scheduled')
    LEFT JOIN LATERAL (
        SELECT * FROM switches x
        WHERE x.line = l.id AND x.service = offered.code
            AND x.state IN ('queued', 'ordered', 'done', 'refused', 'overtaken')
        ORDER BY x.asked_at DESC, x.id DESC LIMIT 1
    ) n ON n.state = 'refused'
    LEFT JOIN LATERAL (
        SELECT * FROM switches x
        WHERE x.line = l.id AND x.service = offered.code AND x.state = 'done' AND x.is_on AND x.billed <> 'free'
            AND x.withdrawn_at IS NULL AND x.undoes IS NULL
        ORDER BY x.ended_at DESC, x.asked_at DESC, x.id DESC LIMIT 1
    ) b ON NOT EXISTS (
        SELECT FROM switches y WHERE y.line = l.id AND y.service = offered.code AND y.state = 'done' AND NOT y.is_on
            AND y.ended_at > b.ended_at
    )
    WHERE l.id = $1
    """,
    Seen,
    ("line", "services"),
)
