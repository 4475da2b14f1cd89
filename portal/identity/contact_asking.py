"""Asking for another contact number or e-mail address: a code goes there, and only who reads it can go on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pyotp

from portal import audit
from portal.audit import Event
from portal.database import transaction
from portal.identity import caps, identifiers
from portal.identity.durations import ASKING_LIVES, CODE_LIVES, EMAILED_CODE_LIVES, RESEND_AFTER
from portal.identity.refusals import TooManyAttempts, TooManyCodes, TooSoon
from portal.identity.tables import ContactChange, ContactKind
from portal.identity.viewers import Viewer
from portal.messaging.sending import Told, send_email, send_sms
from portal.rows import NewId
from portal.statements import Slot, Statement

LIVES = {ContactKind.NUMBER: CODE_LIVES, ContactKind.EMAIL: EMAILED_CODE_LIVES}
SEND = {ContactKind.NUMBER: send_sms, ContactKind.EMAIL: send_email}


async def ask(viewer: Viewer, kind: ContactKind, value: str, address: str, *, at: datetime) -> None:
    """Send a code to the new number or address. The same value asked for twice in a breath sends one message."""
    before = await open_change(viewer.login_id, kind, at)
    if before is not None and before.value == value and at < before.resend_at:
        return
    await stay_within_caps(viewer.login_id, kind, value, address, at)
    async with transaction():
        change = await ASKED.first(
            id=NewId().python(),
            login=viewer.login_id,
            kind=kind,
            value=value,
            secret=pyotp.random_base32(),
            at=at,
            expires_at=at + LIVES[kind],
            sent_before=at - RESEND_AFTER,
        )
        if change is not None:
            await send(change, viewer.language, address, at)


async def ask_again(change: ContactChange, language: str, address: str, *, at: datetime) -> None:
    """Send another code instead of the last, which no longer counts. The WHERE is the lock: two taps, one message."""
    if at < change.resend_at:
        raise TooSoon
    await stay_within_caps(change.login, ContactKind(change.kind), change.value, address, at)
    async with transaction():
        renewed = await (
            ContactChange.update(
                {
                    ContactChange.counter: ContactChange.counter + 1,
                    ContactChange.sent_at: at,
                    ContactChange.expires_at: at + LIVES[ContactKind(change.kind)],
                }
            )
            .where(
                ContactChange.id == change.id,
                ContactChange.counter == change.counter,
                ContactChange.confirmed_at.is_null(),
            )
            .returning(*ContactChange.all_columns())
        )
        if not renewed:
            raise TooSoon
        await send(ContactChange(**renewed[0]), language, address, at)


async def send(change: ContactChange, language: str, address: str, at: datetime) -> None:
    told = Told(
        "contact_code",
        language,
        {"code": change.digits},
        login=change.login,
        once=f"contact_code:{change.id}:{change.counter}",
        is_secret=True,
        expires_at=change.expires_at,
    )
    await SEND[ContactKind(change.kind)](told, change.value, at=at)
    asked_for = identifiers.mask(change.value)
    await audit.note(Event.CONTACT_CHANGE_ASKED, login=change.login, address=address, asked_for=asked_for)


async def stay_within_caps(login: UUID, kind: ContactKind, value: str, address: str, at: datetime) -> None:
    """Count this asking against whoever asks, and against where the message would go."""
    if until := await caps.ATTEMPTS.left_until(caps.change_key(login, kind), at):
        raise TooManyAttempts(until)
    limits = [
        (caps.FROM_AN_ADDRESS, caps.address_key(address)),
        (caps.CHANGES_IN_AN_HOUR, str(login)),
        (caps.CHANGES_IN_A_DAY, str(login)),
        (caps.CHANGES_TO_ONE, caps.key_of(value, None)),
    ]
    if kind is ContactKind.NUMBER:
        limits += [(caps.CHANGES_TO_A_PREFIX, caps.prefix_key(value)), (caps.IN_ALL, caps.EVERYBODY)]
    for limit, key in limits:
        if not await limit.take(key, at):
            raise TooManyCodes(await limit.left_until(key, at) or at)


async def open_change(login: UUID, kind: ContactKind, at: datetime) -> ContactChange | None:
    """What this login asked for and may still confirm."""
    return await OPEN.first(login=login, kind=kind, since=at - ASKING_LIVES)


async def was_confirmed(login: UUID, kind: ContactKind, at: datetime) -> bool:
    """Whether it was done a moment ago: a second tap on the button comes when nothing is open any more."""
    return await ContactChange.exists().where(
        ContactChange.login == login, ContactChange.kind == kind, ContactChange.confirmed_at > at - ASKING_LIVES
    )


OPEN = Statement(
    ContactChange.objects().where(
        ContactChange.login == Slot("login"),
        ContactChange.kind == Slot("kind"),
        ContactChange.confirmed_at.is_null(),
        ContactChange.created_at > Slot("since"),
    ),
    ContactChange,
)
# The counter goes on over all that is asked for, so that no code of an earlier asking fits a later one.
ASKED = Statement(
    """
    INSERT INTO contact_changes AS change (id, login, kind, value, secret, counter, created_at, sent_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, 0, $6, $6, $7)
    ON CONFLICT (login, kind) WHERE confirmed_at IS NULL DO UPDATE SET
        value = excluded.value, counter = change.counter + 1,
        created_at = excluded.created_at, sent_at = excluded.sent_at, expires_at = excluded.expires_at
    WHERE change.value <> excluded.value OR change.sent_at <= $8
    RETURNING *
    """,
    ContactChange,
    ("id", "login", "kind", "value", "secret", "at", "expires_at", "sent_before"),
)
