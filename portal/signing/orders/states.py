"""How far an order is: told by its envelope, its identification and the clock."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """An open envelope whose time is over is `expired`, also before that was written down."""

    AWAITS_IDENTIFICATION = "awaits_identification"
    NOT_IDENTIFIED = "not_identified"
    OPEN = "open"
    BLOCKED = "blocked"
    ACCEPTED = "accepted"
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHOUT_SIGNATURE = "without_signature"


WAITING = frozenset({State.AWAITS_IDENTIFICATION, State.OPEN, State.BLOCKED, State.ACCEPTED})

# $1 is now. The end of what expired or was not identified in time is a moment known beforehand, whenever it is swept.
SEEN = """
    WITH told AS NOT MATERIALIZED (
        SELECT o.*, e.id AS envelope, e.blocked_as, e.blocked_at, e.decided_at, e.signed_at, e.decline_reason,
               e.decline_words, coalesce(e.expires_at, o.placed_at + interval '24 hours') AS expires_at,
               CASE
                   WHEN NOT o.needs_signature THEN 'without_signature'
                   WHEN o.identification IN ('failed', 'missed') THEN 'not_identified'
                   WHEN e.id IS NULL AND o.placed_at <= $1::timestamptz - interval '24 hours' THEN 'not_identified'
                   WHEN e.id IS NULL THEN 'awaits_identification'
                   WHEN e.state = 'open' AND e.expires_at <= $1::timestamptz THEN 'expired'
                   WHEN e.state = 'open' AND e.blocked_as IS NOT NULL THEN 'blocked'
                   ELSE e.state
               END AS told_state
        FROM orders o LEFT JOIN envelopes e ON e."order" = o.id
    ), seen AS NOT MATERIALIZED (
        SELECT t.id, t.number, t.kind, t.source, t.told_state AS state, c.number AS customer, c.name AS customer_name,
               a.number AS account, k.number AS contract, t.signatory, t.email, t.contact_number, t.identification,
               t.identified_at, t.identified_as, t.instead, t.amount_cents, t.placed_at, t.received_at, t.expires_at,
               t.envelope, t.blocked_as, t.blocked_at, t.decline_reason, t.decline_words,
               CASE t.told_state
                   WHEN 'signed' THEN t.signed_at
                   WHEN 'declined' THEN t.decided_at
                   WHEN 'expired' THEN t.expires_at
                   WHEN 'without_signature' THEN t.received_at
                   WHEN 'not_identified' THEN least(t.identified_at, t.expires_at)
               END AS ended_at,
               t.went_on_at
        FROM told t JOIN customers c ON c.id = t.customer
        LEFT JOIN accounts a ON a.id = t.account LEFT JOIN contracts k ON k.id = t.contract
    )
    {select}
"""
