"""The one statement behind a standing: a row for each line of the account, with what is open on the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.customers.tables import LineKind
from portal.network.tables import OrderState
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class Situation:
    """An account without lines is one row without `number`; an account in order has no `step` and no notice."""

    contact_number: str | None
    step: int | None
    policy: str
    """The one that the suspension, else the notice began on."""
    started_at: datetime
    issued_on: date
    is_reconnecting: bool
    warned_until: date | None
    number: str
    line_kind: LineKind
    voice_out: bool | None
    voice_in: bool
    sms_out: bool
    data: bool
    opening: OrderState | None


SITUATION = Statement(
    """
    SELECT c.contact_number, s.step, coalesce(s.policy, n.policy) AS policy, s.started_at, b.issued_on,
           r.id IS NOT NULL AS is_reconnecting, n.warned_until,
           l.number, l.kind AS line_kind, x.voice_out, x.voice_in, x.sms_out, x.data, o.state AS opening
    FROM accounts a
    JOIN customers c ON c.id = a.customer
    LEFT JOIN suspensions s ON s.account = a.id AND s.ended_at IS NULL
    LEFT JOIN bills b ON b.id = s.bill
    LEFT JOIN reconnections r ON r.suspension = s.id AND r.confirmed_at IS NULL
    LEFT JOIN LATERAL (
        SELECT notices.last_day AS warned_until, notices.policy FROM notices JOIN bills w ON w.id = notices.bill
        WHERE notices.account = a.id AND notices.kind = 'pre_suspension'
          AND notices.last_day >= $2 AND w.open_cents > 0
        ORDER BY notices.last_day LIMIT 1
    ) n ON true
    LEFT JOIN lines l ON l.account = a.id
    LEFT JOIN line_states x ON x.line = l.id
    LEFT JOIN LATERAL (
        SELECT state FROM barring_orders WHERE line = l.id AND occasion = r.id ORDER BY asked_at DESC, id DESC LIMIT 1
    ) o ON true
    WHERE a.id = $1
    ORDER BY l.kind DESC, l.number
    """,
    Situation,
    ("account", "today"),
)
