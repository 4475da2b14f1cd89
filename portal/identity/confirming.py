"""Entering a code: counted before it is looked at, right once."""

from __future__ import annotations

import hmac
from datetime import datetime

from portal import audit
from portal.audit import Event
from portal.database import transaction
from portal.identity import caps, password_entering
from portal.identity.browsers import Browser, known_device
from portal.identity.refusals import ExpiredCode, TooManyAttempts, WrongCode
from portal.identity.tables import SignInCode


async def confirm(code: SignInCode, digits: str, browser: Browser, *, at: datetime, is_signed_in: bool = False) -> bool:
    """Use the code up if these are its digits. Nobody's code fails as a login's does, after the same statements.

    Returns whether that was all: False when the login has a password that was not shown with the name. Who
    `is_signed_in` showed it when they signed in.
    """
    if code.has_expired(at):
        raise ExpiredCode
    tries = await counted(code, browser, at)
    if not (hmac.compare_digest(code.digits, digits) and code.login):
        await audit.note(Event.SIGN_IN_REFUSED, login=code.login, address=browser.address)
        raise WrongCode
    async with transaction():
        await use_up(code, at)
        for key in tries:
            await caps.ATTEMPTS.forget(key)
        return is_signed_in or not await password_entering.wait_for_password(code, at)


async def counted(code: SignInCode, browser: Browser, at: datetime) -> tuple[str, str]:
    """Count one more try, under the name that was typed and under the login it led to; returns both keys.

    Only the first is spoken of: a login whose tries ran out under another name answers as a wrong code would, so that
    nobody learns which names belong to one person.
    """
    device = await known_device(browser, code.login, at)
    named = caps.key_of(code.asked_for, device)
    reached = f"login:{named if device or not code.login else code.login}"
    if not await caps.ATTEMPTS.take(named, at):
        raise TooManyAttempts(await caps.ATTEMPTS.left_until(named, at) or at)
    if not await caps.ATTEMPTS.take(reached, at):
        raise WrongCode
    return named, reached


async def use_up(code: SignInCode, at: datetime) -> None:
    """The WHERE is the lock: of two browsers with the right digits one comes in, and none after a resend."""
    used = await (
        SignInCode.update({SignInCode.used_at: at})
        .where(
            SignInCode.id == code.id,
            SignInCode.used_at.is_null(),
            SignInCode.counter == code.counter,
            SignInCode.expires_at > at,
        )
        .returning(SignInCode.id)
    )
    if not used:
        raise WrongCode
