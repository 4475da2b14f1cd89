"""What a record of evidence is put together from: SQL by section, `$1` being the envelope, `$2` who signs (a login),
`$3` their session.
"""

from __future__ import annotations

WHO_SIGNS = """
    SELECT coalesce(e.decided_by, c.login) AS login, c.session
    FROM envelopes e
    LEFT JOIN LATERAL (
        SELECT login, session FROM signing_codes WHERE envelope = e.id
        ORDER BY used_at IS NOT NULL DESC, created_at DESC LIMIT 1
    ) c ON true
    WHERE e.id = $1
"""

OF_THE_ENVELOPE = {
    "envelope": """
        SELECT id, state, opened_at, expires_at, documents_sha256, wrong_codes AS codes_entered, blocked_as, blocked_at,
               decided_at, consent, decline_reason, decline_words
        FROM envelopes WHERE id = $1
    """,
    "order": """
        SELECT o.number, o.kind, o.source, o.digest, o.language, o.signatory, o.email, o.contact_number, o.placed_at,
               o.received_at, o.amount_cents, o.committed_until, o.benefit_cents, o.identification, o.identified_at,
               o.identified_as
        FROM orders o JOIN envelopes e ON e."order" = o.id WHERE e.id = $1
    """,
    "customer": """
        SELECT c.number, c.kind, c.name, c.contact_number, c.contact_number_since
        FROM customers c JOIN orders o ON o.customer = c.id JOIN envelopes e ON e."order" = o.id WHERE e.id = $1
    """,
}

OF_THE_SIGNATORY = {
    "login": """
        SELECT l.id, l.name, l.contact_number, l.contact_changed_at, l.created_at,
               (SELECT max(n.sim_changed_at) FROM lines n WHERE n.number = l.contact_number) AS sim_changed_at
        FROM logins l WHERE l.id = $1
    """,
    "enrolment": "SELECT number, made_at FROM enrolments WHERE login = $1",
    "password": "SELECT is_initial, set_at FROM passwords WHERE login = $1",
}
REGISTRATIONS = """
    SELECT r."by", r.number, r.terms, r.created_at, r.accepted_at, k.used_at AS letter_key_used_at
    FROM registrations r LEFT JOIN welcome_keys k ON k.id = r.welcome_key
    WHERE r.login = $1 ORDER BY r.created_at
"""
SESSION = """
    SELECT s.id, s.address, d.label AS device, d.created_at AS device_known_since, s.created_at AS started_at,
           s.stepped_up_at, s.is_remembered
    FROM sessions s JOIN devices d ON d.id = s.device WHERE s.id = $1
"""
SIGN_IN_CODES = """
    SELECT c.id, c.created_at, c.sent_at, c.used_at FROM sign_in_codes c JOIN sessions s ON s.id = $2
    WHERE c.login = $1 AND c.used_at >= s.created_at - interval '1 hour' ORDER BY c.used_at
"""
SIGN_IN_MESSAGES = """
    SELECT m.id FROM messages m JOIN sessions s ON s.id = $2
    WHERE m.login_id = $1 AND m.created_at >= s.created_at - interval '1 hour'
      AND m.template IN ('sign_in_code', 'initial_password')
"""

DOCUMENTS = """
    SELECT position, kind, title, edition, pages, sha256 FROM documents WHERE envelope = $1 ORDER BY position
"""
LINKS = "SELECT made_at FROM signing_links WHERE envelope = $1 ORDER BY made_at, id"
CODES = """
    SELECT id, session, number, documents_sha256, amount_cents, consent, created_at, sent_at, expires_at, used_at
    FROM signing_codes WHERE envelope = $1 ORDER BY created_at, id
"""
ENTRIES = """
    SELECT position, at, event, facts, previous, hash FROM evidence_entries WHERE envelope = $1 ORDER BY position
"""
MESSAGES = """
    SELECT m.id, m.channel, m.template, m.language, m.recipient, m.state, m.reason, m.created_at, m.sent_at,
           m.delivered_at
    FROM messages m
    WHERE m.id = ANY($2) OR m.id IN (
        SELECT t.id FROM messages t JOIN orders o ON o.customer = t.customer JOIN envelopes e ON e."order" = o.id
        WHERE e.id = $1 AND t.once LIKE '%:' || $1::text || '%')
    ORDER BY m.created_at, m.channel, m.id
"""

SIGNED = "SELECT signed_at, certificate, record FROM envelopes WHERE id = $1"
COPIES = "SELECT position, signed_sha256 FROM documents WHERE envelope = $1 ORDER BY position"
