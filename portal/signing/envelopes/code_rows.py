"""The code of an envelope as it is kept: one that is open, which asking anew replaces."""

from __future__ import annotations

from datetime import datetime

import pyotp

from portal.identity.durations import CODE_LIVES, RESEND_AFTER
from portal.identity.viewers import Viewer
from portal.rows import NewId
from portal.signing.envelopes.reading import EnvelopeSeen
from portal.signing.tables import SigningCode
from portal.statements import Slot, Statement


async def open_code(seen: EnvelopeSeen, viewer: Viewer) -> SigningCode | None:
    """What this session asked for and has not used, though it may have expired."""
    return await OPEN.first(envelope=seen.id, login=viewer.login_id, session=viewer.session_id)


async def write(seen: EnvelopeSeen, viewer: Viewer, agreed: str, at: datetime) -> SigningCode | None:
    """An envelope has one open code: asking anew, also in another session, makes the former one worthless."""
    return await ASKED.first(
        id=NewId().python(),
        envelope=seen.id,
        login=viewer.login_id,
        session=viewer.session_id,
        number=viewer.contact_number,
        documents_sha256=seen.documents_sha256,
        amount_cents=seen.amount_cents,
        consent=agreed,
        secret=pyotp.random_base32(),
        at=at,
        expires_at=at + CODE_LIVES,
    )


async def renew(code: SigningCode, viewer: Viewer, at: datetime) -> SigningCode | None:
    renewed = await (
        SigningCode.update(
            {
                SigningCode.counter: SigningCode.counter + 1,
                SigningCode.number: viewer.contact_number,
                SigningCode.sent_at: at,
                SigningCode.expires_at: at + CODE_LIVES,
            }
        )
        .where(
            SigningCode.id == code.id,
            SigningCode.session == viewer.session_id,
            SigningCode.counter == code.counter,
            SigningCode.sent_at <= at - RESEND_AFTER,
            SigningCode.used_at.is_null(),
        )
        .returning(*SigningCode.all_columns())
    )
    return SigningCode(**renewed[0]) if renewed else None


OPEN = Statement(
    SigningCode.objects().where(
        SigningCode.envelope == Slot("envelope"),
        SigningCode.login == Slot("login"),
        SigningCode.session == Slot("session"),
        SigningCode.used_at.is_null(),
    ),
    SigningCode,
)
# The counter goes on over all that is asked for, so that no code of an earlier asking fits a later one.
ASKED = Statement(
    """
    INSERT INTO signing_codes AS code (id, envelope, login, session, number, documents_sha256, amount_cents, consent,
                                       secret, counter, created_at, sent_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $10, $11)
    ON CONFLICT (envelope) WHERE used_at IS NULL DO UPDATE SET
        login = excluded.login, session = excluded.session, number = excluded.number,
        documents_sha256 = excluded.documents_sha256, amount_cents = excluded.amount_cents, consent = excluded.consent,
        counter = code.counter + 1, created_at = excluded.created_at, sent_at = excluded.sent_at,
        expires_at = excluded.expires_at
    RETURNING *
    """,
    SigningCode,
    (
        "id",
        "envelope",
        "login",
        "session",
        "number",
        "documents_sha256",
        "amount_cents",
        "consent",
        "secret",
        "at",
        "expires_at",
    ),
)
