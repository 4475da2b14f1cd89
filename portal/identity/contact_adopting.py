"""Taking over a new contact number or address once it has been proven, and telling the old one."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from asyncpg import UniqueViolationError

from portal import audit
from portal.audit import Event
from portal.database import connection, transaction
from portal.identity import caps, identifiers, sessions
from portal.identity.durations import CONTACT_SETTLES
from portal.identity.refusals import (
    AlreadyChanged,
    ContactChangedRecently,
    ContactTaken,
    ExpiredCode,
    TooManyAttempts,
    WrongCode,
    WrongEmailedCode,
)
from portal.identity.tables import ContactChange, ContactKind
from portal.identity.viewers import Viewer
from portal.messaging.sending import Told, send_email, send_sms
from portal.statements import Statement

WRONG: dict[ContactKind, type[WrongCode]] = {ContactKind.NUMBER: WrongCode, ContactKind.EMAIL: WrongEmailedCode}


@dataclass(frozen=True, slots=True)
class Replaced:
    """How a login was reached until now."""

    contact_number: str
    email: str | None


async def confirm(change: ContactChange, digits: str, viewer: Viewer, address: str, *, at: datetime) -> str:
    """Adopt the new value if these are its digits: counted first, then looked at. Returns the session's new token."""
    kind = ContactKind(change.kind)
    if change.has_expired(at):
        raise ExpiredCode
    tries = caps.change_key(change.login, kind)
    if not await caps.ATTEMPTS.take(tries, at):
        raise TooManyAttempts(await caps.ATTEMPTS.left_until(tries, at) or at)
    if not hmac.compare_digest(change.digits, digits):
        await audit.note(Event.CONTACT_CHANGE_REFUSED, login=change.login, address=address, kind=kind)
        raise WRONG[kind]
    try:
        async with transaction():
            await use_up(change, at)
            await caps.ATTEMPTS.forget(tries)
            return await adopt(viewer, kind, change.value, address, at)
    except UniqueViolationError:
        await ContactChange.delete().where(ContactChange.id == change.id, ContactChange.confirmed_at.is_null())
        raise ContactTaken from None


async def remove_email(viewer: Viewer, address: str, *, at: datetime) -> str:
    """Write to this login by SMS alone from now on. Returns the session's new token."""
    async with transaction():
        return await adopt(viewer, ContactKind.EMAIL, None, address, at)


async def use_up(change: ContactChange, at: datetime) -> None:
    """The WHERE is the lock: the latest asking counts, once. A second tap with the right code finds it done."""
    used = await (
        ContactChange.update({ContactChange.confirmed_at: at})
        .where(
            ContactChange.id == change.id,
            ContactChange.counter == change.counter,
            ContactChange.confirmed_at.is_null(),
            ContactChange.expires_at > at,
        )
        .returning(ContactChange.id)
    )
    if not used:
        is_done = await ContactChange.exists().where(
            ContactChange.id == change.id, ContactChange.confirmed_at.is_not_null()
        )
        raise AlreadyChanged if is_done else WRONG[ContactKind(change.kind)]


async def adopt(viewer: Viewer, kind: ContactKind, value: str | None, address: str, at: datetime) -> str:
    """Everything that follows the new value, in the running transaction."""
    login = viewer.login_id
    await sessions.end_others(viewer.session_id, login, address, at)  # sessions before logins, as signing in locks them
    renewed = await sessions.step_up(viewer.session_id, at)
    before = await REPLACE[kind].first(login=login, value=value, at=at, settled=at - CONTACT_SETTLES)
    if before is None:
        raise ContactChangedRecently(at)
    old = before.contact_number if kind is ContactKind.NUMBER else before.email
    async with connection() as connected:
        await connected.execute(FOLLOW[kind], login, value, old)
        await connected.execute(END_CODES, login, at)
    await audit.note(Event.CONTACT_CHANGED, login=login, address=address, kind=kind, old=masked(old), new=masked(value))
    await tell(before, viewer, kind, is_removed=value is None, at=at)
    return renewed


async def tell(before: Replaced, viewer: Viewer, kind: ContactKind, *, is_removed: bool, at: datetime) -> None:
    """Wherever the person was reached until now: if it was somebody else who made the change, they learn of it."""
    what = "removed" if is_removed else kind
    told = Told("contact_changed", viewer.language, {"what": what, "changed_at": at}, login=viewer.login_id)
    await send_sms(told, before.contact_number, at=at)
    if before.email is not None:
        await send_email(told, before.email, at=at)


def masked(value: str | None) -> str | None:
    return identifiers.mask(value) if value else None


# The WHERE is the lock: of two changes in one moment the first is adopted, the other waits a day like any later one.
REPLACED = """
    UPDATE logins SET {column} = $2, contact_changed_at = $3
    FROM (SELECT id, contact_number, email FROM logins WHERE id = $1 FOR UPDATE) AS before
    WHERE logins.id = before.id AND (logins.contact_changed_at IS NULL OR logins.contact_changed_at <= $4)
    RETURNING before.contact_number, before.email
"""
REPLACE = {
    kind: Statement(REPLACED.format(column=column), Replaced, ("login", "value", "at", "settled"))
    for kind, column in ((ContactKind.NUMBER, "contact_number"), (ContactKind.EMAIL, "email"))
}
# A customer who was reached as this login was is reached as it is now. The first address of a login is also that of
# customers who had none, if their number is the login's own.
FOLLOW = {
    ContactKind.NUMBER: """
        UPDATE customers SET
            contact_number = $2, contact_number_since = (SELECT contact_changed_at FROM logins WHERE id = $1)
        WHERE contact_number = $3 AND id IN (SELECT customer FROM accesses WHERE login = $1)
    """,
    ContactKind.EMAIL: """
        UPDATE customers SET email = $2
        WHERE id IN (SELECT customer FROM accesses WHERE login = $1) AND (lower(email) = $3 OR
            $3::text IS NULL AND email IS NULL AND contact_number = (SELECT contact_number FROM logins WHERE id = $1))
    """,
}
END_CODES = """
    UPDATE sign_in_codes SET used_at = $2, password_wanted_at = NULL
    WHERE login = $1 AND (used_at IS NULL OR password_wanted_at IS NOT NULL)
"""
