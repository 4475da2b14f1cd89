"""Entering the password after the right code, in the browser that entered the code."""

from __future__ import annotations

from datetime import datetime

from portal import audit
from portal.audit import Event
from portal.database import connection, transaction
from portal.identity import caps, passwords
from portal.identity.durations import PASSWORD_WAITED_FOR
from portal.identity.refusals import PasswordTooOld, TooManyPasswords, WrongPassword
from portal.identity.shown_passwords import is_current, password_of
from portal.identity.tables import Password, SignInCode
from portal.statements import Slot, Statement
from portal.web import tokens

WAITED_FOR = Statement(
    SignInCode.objects().where(
        SignInCode.browser_hash == Slot("browser_hash"), SignInCode.password_wanted_at > Slot("since")
    ),
    SignInCode,
)


async def waited_for(token: str | None, at: datetime) -> SignInCode | None:
    """The sign-in of the browser with this challenge cookie, whose password is still missing."""
    return await WAITED_FOR.first(browser_hash=tokens.hashed(token or ""), since=at - PASSWORD_WAITED_FOR)


async def wait_for_password(code: SignInCode, at: datetime) -> bool:
    """After the right code, in its transaction: whether the login has a password that was not shown with its name."""
    async with connection() as connected:
        return await connected.fetchval(WAIT, code.id, at) is not None


async def enter(code: SignInCode, typed: str, address: str, *, at: datetime) -> None:
    """Come in if this is the password: counted first, then looked at."""
    tries = str(code.login)
    if not await caps.PASSWORDS.take(tries, at):
        raise TooManyPasswords(await caps.PASSWORDS.left_until(tries, at) or at)
    password = await password_of(code.login)
    if not await passwords.fits(password.hash if password else None, typed) or password is None:
        await audit.note(Event.PASSWORD_REFUSED, login=code.login, address=address)
        raise WrongPassword
    if not is_current(password, at):
        raise PasswordTooOld
    renewed = await passwords.hashed(typed) if passwords.is_outdated(password.hash) else password.hash
    async with transaction():
        await come_in(code)
        await keep_hash(password, renewed)
        await caps.PASSWORDS.forget(tries)


async def come_in(code: SignInCode) -> None:
    """The WHERE is the lock: of two tabs one comes in."""
    taken = await (
        SignInCode.update({SignInCode.password_wanted_at: None})
        .where(SignInCode.id == code.id, SignInCode.password_wanted_at.is_not_null())
        .returning(SignInCode.id)
    )
    if not taken:
        raise WrongPassword


async def keep_hash(password: Password, renewed: str) -> None:
    """The password that was looked at still stands; with today's parameters from now on."""
    kept = await (
        Password.update({Password.hash: renewed})
        .where(Password.id == password.id, Password.hash == password.hash)
        .returning(Password.id)
    )
    if not kept:
        raise WrongPassword


WAIT = """
    UPDATE sign_in_codes AS code SET password_wanted_at = $2
    WHERE id = $1 AND NOT has_shown_password AND EXISTS (SELECT FROM passwords WHERE login = code.login)
    RETURNING id
"""
