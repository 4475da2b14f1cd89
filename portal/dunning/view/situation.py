"""The one statement behind a standing: a row for each line of the account, with what is true of the account beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.billing.tables import ChargeKind
from portal.customers.tables import LineKind
from portal.dunning.policy import HandOverTo
from portal.dunning.relief_tables import DeferralKind
from portal.network.tables import OrderState
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class Situation:
    """An account without lines is one row without `number`; one in order has no `policy`.

    `policy`, `issued_on`, `due_on`: of the open case; of an account that was suspended, else warned before cases were
    kept, what that began on. Then `taken` is null.
    """

    contact_number: str | None
    policy: str | None
    issued_on: date
    due_on: date
    taken: str | None
    last_days: str
    next_step: str | None
    next_on: date | None
    settled_fees: list[ChargeKind]
    """Of the case: waived, or billed already."""
    step: int | None
    suspended_by: str
    """The policy that the suspension began on."""
    started_at: datetime
    is_reconnecting: bool
    warned_at: datetime | None
    warned_until: date
    deferred_until: date | None
    deferral_kind: DeferralKind
    was_deferred: bool
    """For the bills that the case counts its days from."""
    proven_until: date | None
    has_waiting_proof: bool
    payment: UUID | None
    """The attempt under way."""
    is_payment_held: bool
    """A person looks at it, because another amount came."""
    overdue_cents: int
    disputed_cents: int
    open_cents: int
    ended_on: date | None
    claim: UUID | None
    """For the benefit received, of contracts that ended, while it is unpaid and not due yet."""
    claim_cents: int
    claim_due_on: date
    handed_to: HandOverTo | None
    number: str
    line_kind: LineKind
    voice_out: bool | None
    voice_in: bool
    sms_out: bool
    data: bool
    opening: OrderState | None


SITUATION = Statement(
    """
    SELECT c.contact_number,
           coalesce(k.policy, s.policy, n.policy) AS policy, k.taken, k.last_days, k.next_step, k.next_on,
           coalesce(k.issued_on, b.issued_on, n.issued_on) AS issued_on,
           coalesce(k.due_on, b.due_on, n.due_on) AS due_on,
           ARRAY(SELECT kind FROM charges WHERE occasion = k.id AND (waived_at IS NOT NULL OR bill IS NOT NULL))
               AS settled_fees,
           s.step, s.policy AS suspended_by, s.started_at, r.id IS NOT NULL AS is_reconnecting,
           n.at AS warned_at, n.last_day AS warned_until,
           d.until AS deferred_until, d.kind AS deferral_kind,
           EXISTS (
               SELECT FROM deferrals WHERE dunning_case = k.id
               AND (granted_at AT TIME ZONE 'Europe/Ljubljana')::date > k.due_on
           ) AS was_deferred,
           p.proven_until, p.has_waiting_proof, u.id AS payment, coalesce(u.state = 'held', false) AS is_payment_held,
           o.overdue_cents, o.disputed_cents, o.open_cents, t.ended_on, h.to AS handed_to,
           v.id AS claim, v.open_cents AS claim_cents, v.due_on AS claim_due_on,
           l.number, l.kind AS line_kind, x.voice_out, x.voice_in, x.sms_out, x.data, g.state AS opening
    FROM accounts a
    JOIN customers c ON c.id = a.customer
    LEFT JOIN dunning_cases k ON k.account = a.id AND k.closed_at IS NULL
    LEFT JOIN suspensions s ON s.account = a.id AND s.ended_at IS NULL
    LEFT JOIN bills b ON b.id = s.bill
    LEFT JOIN reconnections r ON r.suspension = s.id AND r.confirmed_at IS NULL
    LEFT JOIN deferrals d ON d.account = a.id AND d.ended_at IS NULL AND d.until >= $2
    LEFT JOIN terminations t ON t.dunning_case = k.id AND t.reversed_at IS NULL
    LEFT JOIN bills v ON v.id = t.claim AND v.open_cents > 0 AND v.due_on >= $2
    LEFT JOIN LATERAL (
        SELECT m.policy, m.at, m.last_day, w.issued_on, w.due_on FROM notices m JOIN bills w ON w.id = m.bill
        WHERE m.account = a.id AND m.dunning_case IS NULL AND m.last_day >= $2 AND w.open_cents > 0 AND k.id IS NULL
        ORDER BY m.last_day LIMIT 1
    ) n ON true
    CROSS JOIN LATERAL (
        SELECT max(holds_until) FILTER (WHERE state = 'accepted' AND holds_until >= $2) AS proven_until,
               count(*) FILTER (WHERE state = 'waiting') > 0 AS has_waiting_proof
        FROM proofs WHERE account = a.id AND state IN ('accepted', 'waiting')
    ) p
    LEFT JOIN LATERAL (
        SELECT id, state FROM payment_attempts WHERE account = a.id AND state IN ('pending', 'held')
        ORDER BY state = 'pending' DESC, created_at DESC LIMIT 1
    ) u ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(open_cents) FILTER (WHERE due_on < $2), 0)::bigint AS overdue_cents,
               coalesce(sum(least(open_cents, disputed_cents)) FILTER (WHERE due_on < $2), 0)::bigint AS disputed_cents,
               coalesce(sum(greatest(open_cents - disputed_cents, 0)), 0)::bigint AS open_cents
        FROM bills WHERE account = a.id AND open_cents > 0
    ) o
    LEFT JOIN LATERAL (
        SELECT "to" FROM handovers WHERE dunning_case = k.id AND reversed_at IS NULL ORDER BY at DESC LIMIT 1
    ) h ON true
    LEFT JOIN (lines l JOIN contracts q ON q.id = l.contract AND q.ended_on IS NULL) ON l.account = a.id
    LEFT JOIN line_states x ON x.line = l.id
    LEFT JOIN LATERAL (
        SELECT state FROM barring_orders WHERE line = l.id AND occasion = r.id ORDER BY asked_at DESC, id DESC LIMIT 1
    ) g ON true
    WHERE a.id = $1
    ORDER BY l.kind DESC, l.number
    """,
    Situation,
    ("account", "today"),
)
