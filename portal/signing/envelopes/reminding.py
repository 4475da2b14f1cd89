"""Reminders, after 4 and after 20 hours: once each, and none after the decision.

An e-mail goes at the hour it falls. The SMS that announces it goes by day only: whoever is asleep is not woken, and
whoever is awake has the e-mail.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from portal.database import connection, transaction
from portal.messaging.daytime import until_morning
from portal.rows import NewId
from portal.signing.envelopes import guarding
from portal.signing.envelopes.inviting import announce, hours_left, of_envelope, send_link, told_of
from portal.signing.evidence.chain import Event, note
from portal.signing.tables import Document, Envelope
from portal.web import tokens

AFTER = (timedelta(hours=4), timedelta(hours=20))
"""Of elapsed time from the order."""


async def remind_all(at: datetime) -> None:
    """Of a worker that comes late each customer hears once: of the reminder that is due last."""
    async with connection() as connected:
        due = await connected.fetch(DUE, at, list(AFTER))
    for row in due:
        await remind(row["id"], row["due_at"], at)


async def remind(envelope: UUID, due_at: datetime, at: datetime) -> bool:
    """False: it was decided, or reminded of, meanwhile. The INSERT looks again while the envelope is held."""
    token, link = tokens.new_token(), NewId().python()
    async with transaction() as connected:
        await guarding.hold(envelope)
        if await connected.fetchval(LINK, link, envelope, tokens.hashed(token), at, due_at) is None:
            return False
        messages = await tell(envelope, token, due_at, at)
        await note(envelope, Event.REMINDED, at, link=link, due_at=due_at, messages=messages)
        return True


async def tell(envelope: UUID, token: str, due_at: datetime, at: datetime) -> list[UUID | None]:
    """Returns the ids of the e-mail and of the SMS."""
    row = await Envelope.objects().get(Envelope.id == envelope)
    assert row is not None, "it was just reminded of"
    order = await guarding.order_of(row.order)
    titles = await Document.select(Document.title).where(Document.envelope == envelope).order_by(Document.position)
    values = of_envelope(row, order, [one["title"] for one in titles]) | {"hours_left": hours_left(row, at)}
    told = told_of("documents_reminder", row, order, values, due_at.isoformat())
    is_day = until_morning(at) is None
    return [await send_link(told, order, token, at), await announce(told, order, at) if is_day else None]


# A link made since a reminder was due has reminded of it: also the first one, where the order came late. Who cannot
# sign for now is not asked to.
DUE = """
    SELECT e.id, due.due_at
    FROM envelopes e JOIN orders o ON o.id = e."order"
    CROSS JOIN LATERAL (
        SELECT max(o.placed_at + after) AS due_at FROM unnest($2::interval[]) after WHERE o.placed_at + after <= $1
    ) due
    WHERE e.state = 'open' AND e.expires_at > $1 AND e.blocked_as IS NULL
      AND o.identification NOT IN ('failed', 'missed')
      AND due.due_at > (SELECT max(l.made_at) FROM signing_links l WHERE l.envelope = e.id)
    ORDER BY e.expires_at
"""
LINK = """
    INSERT INTO signing_links (id, envelope, token_hash, made_at)
    SELECT $1, e.id, $3, $4
    FROM envelopes e JOIN orders o ON o.id = e."order"
    WHERE e.id = $2 AND e.state = 'open' AND e.expires_at > $4 AND e.blocked_as IS NULL
      AND o.identification NOT IN ('failed', 'missed')
      AND NOT EXISTS (SELECT FROM signing_links l WHERE l.envelope = e.id AND l.made_at >= $5)
    RETURNING id
"""
