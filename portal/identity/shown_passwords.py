"""The password of a login, and whether what was typed is it. Nobody's is looked at as a login's is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal.identity import passwords
from portal.identity.tables import Password
from portal.statements import Slot, Statement

OF = Statement(Password.objects().where(Password.login == Slot("login")), Password)


async def password_of(login: UUID | None) -> Password | None:
    return await OF.first(login=login)


async def has_shown(login: UUID | None, typed: str, at: datetime) -> bool:
    """Whether the password that came with a name is the login's. Work is done when something was typed, whatever it
    is and whoever's.

    An initial one that is too old was not shown, and one hashed with former parameters is asked for once more after
    the code, where it is hashed anew: here nothing may be written that depends on it.
    """
    password = await password_of(login)
    if not typed:
        return False
    is_right = await passwords.fits(password.hash if password else None, typed)
    return is_right and password is not None and is_current(password, at) and not passwords.is_outdated(password.hash)


def is_current(password: Password, at: datetime) -> bool:
    return password.expires_at is None or bool(at < password.expires_at)
