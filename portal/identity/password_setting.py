"""Setting, changing and removing a login's password, and telling the person of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal import audit
from portal.audit import Event
from portal.database import connection, transaction
from portal.identity import passwords, sessions
from portal.identity.durations import INITIAL_PASSWORD_LIVES
from portal.identity.tables import Login, Password
from portal.identity.viewers import Viewer
from portal.messaging.sending import Told, send_email, send_sms
from portal.rows import NewId


async def set_password(viewer: Viewer, password: str, address: str, *, at: datetime) -> str:
    """The person's own from now on; an initial one is gone with it. Returns the session's new token."""
    password_hash = await passwords.hashed(password)
    async with transaction() as connected:
        renewed = await end_others(viewer, address, at)
        was_initial = await connected.fetchval(
            "SELECT is_initial FROM passwords WHERE login = $1 FOR UPDATE", viewer.login_id
        )
        await keep(viewer.login_id, password_hash, at)
        await audit.note(Event.PASSWORD_SET, login=viewer.login_id, address=address)
        if not was_initial:  # who has just registered is told of that
            await tell(viewer.login_id, "set" if was_initial is None else "changed", at)
    return renewed


async def remove_password(viewer: Viewer, address: str, *, at: datetime) -> str:
    """The code alone signs in from now on. Returns the session's new token."""
    async with transaction():
        renewed = await end_others(viewer, address, at)
        gone = await Password.delete().where(Password.login == viewer.login_id).returning(Password.id)
        if gone:
            await audit.note(Event.PASSWORD_REMOVED, login=viewer.login_id, address=address)
            await tell(viewer.login_id, "removed", at)
    return renewed


async def keep_initial(login: UUID, password_hash: str, sent_at: datetime, *, is_new: bool, at: datetime) -> None:
    """One that we sent, in the running transaction: it works a day, counted from its sending."""
    await keep(login, password_hash, at, expires_at=sent_at + INITIAL_PASSWORD_LIVES)
    if not is_new:
        await tell(login, "reset", at)


async def end_others(viewer: Viewer, address: str, at: datetime) -> str:
    await sessions.end_others(viewer.session_id, viewer.login_id, address, at)  # sessions before logins, as elsewhere
    return await sessions.step_up(viewer.session_id, at)


async def keep(login: UUID, password_hash: str, at: datetime, *, expires_at: datetime | None = None) -> None:
    """Whoever showed the former one in a sign-in that is not finished shows this one, too."""
    async with connection() as connected:
        is_initial = expires_at is not None
        await connected.execute(KEEP, NewId().python(), login, password_hash, is_initial, at, expires_at)
        await connected.execute(SHOW_AGAIN, login)


async def tell(login_id: UUID, what: str, at: datetime) -> None:
    """Wherever the person is reached: if it was somebody else, they learn of it."""
    login = await Login.objects().get(Login.id == login_id)
    assert login is not None, "who is signed in has a login"
    told = Told("password_changed", login.language, {"what": what, "changed_at": at}, login=login.id)
    await send_sms(told, login.contact_number, at=at)
    if login.email is not None:
        await send_email(told, login.email, at=at)


KEEP = """
    INSERT INTO passwords AS kept (id, login, hash, is_initial, set_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (login) DO UPDATE SET
        hash = excluded.hash, is_initial = excluded.is_initial, set_at = excluded.set_at,
        expires_at = excluded.expires_at
"""
SHOW_AGAIN = "UPDATE sign_in_codes SET has_shown_password = false WHERE login = $1 AND used_at IS NULL"
