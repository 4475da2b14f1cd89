"""Background work of signing in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog

from portal import clock, phone
from portal.database import connection, transaction
from portal.identity import caps
from portal.identity.durations import DEVICE_IS_KNOWN, KEPT_AFTER_END
from portal.identity.registering import sending as registering
from portal.identity.tables import Login, SignInCode
from portal.jobs import job, scheduled
from portal.messaging.sending import Told, send_sms

log = structlog.get_logger()


@job("identity.send_code")
async def send_code(code: str, counter: str) -> None:
    """Send what was asked for, if it was asked for a login and is still the latest asking. Codes stand in no log."""
    at = clock.now()
    asked = (
        await SignInCode.objects()
        .where(SignInCode.id == UUID(code), SignInCode.counter == int(counter), SignInCode.used_at.is_null())
        .first()
    )
    if asked is None or asked.login is None:
        return
    login = await Login.objects().get(Login.id == asked.login)
    async with transaction():
        if login is not None and await may_send(login.contact_number, at):
            await send(asked, login, at)


async def may_send(number: str, at: datetime) -> bool:
    """What only we may know of: where the SMS goes. Whoever asked is answered as if it had been sent."""
    if not phone.is_slovenian_mobile(number):
        return held_back(number, "not a Slovenian mobile number")
    for limit, key in (
        (caps.TO_A_NUMBER, number),
        (caps.TO_A_PREFIX, caps.prefix_key(number)),
        (caps.IN_ALL, caps.EVERYBODY),
    ):
        if not await limit.take(key, at):
            return held_back(number, limit.name)
    return True


def held_back(number: str, reason: str) -> bool:
    log.warning("sign-in code held back", number=phone.mask(number), reason=reason)
    return False


async def send(asked: SignInCode, login: Login, at: datetime) -> None:
    told = Told(
        "sign_in_code",
        login.language,
        {"code": asked.digits},
        login=login.id,
        once=f"sign_in_code:{asked.id}:{asked.counter}",
        is_secret=True,
        expires_at=asked.expires_at,
    )
    await send_sms(told, login.contact_number, at=at)


@job("identity.send_password")
async def send_password(registration: str, sending: str) -> None:
    """Make and send what was asked for, if that is still the latest asking."""
    at = clock.now()
    asked = await registering.asked_for(registration, int(sending))
    if asked is None or asked.number is None or not await may_send(asked.number, at):
        return
    await registering.send(asked, at)


@scheduled("identity.clean_up", "40 1 * * *")
async def clean_up() -> None:
    """Nightly: what nobody can sign in with any more, in portions that each take their locks for a moment."""
    at = clock.now()
    for statement, before in (
        (DEAD_SESSIONS, at - KEPT_AFTER_END),
        (DEAD_CODES, at - KEPT_AFTER_END),
        (DEAD_CHANGES, at - KEPT_AFTER_END),
        (DEAD_REGISTRATIONS, at - KEPT_AFTER_END),
        (FULL_COUNTERS, at - KEPT_AFTER_END),
        (FORGOTTEN_DEVICES, at - DEVICE_IS_KNOWN),
    ):
        await delete_all(statement, before)


async def delete_all(statement: str, before: datetime) -> None:
    async with connection() as connected:
        while await connected.execute(statement, before) != "DELETE 0":
            pass


DEAD_SESSIONS = """
    DELETE FROM sessions WHERE id IN
    (SELECT id FROM sessions WHERE LEAST(ended_at, idle_ends_at, ends_at) < $1 LIMIT 5000)
"""
DEAD_CODES = "DELETE FROM sign_in_codes WHERE id IN (SELECT id FROM sign_in_codes WHERE created_at < $1 LIMIT 5000)"
DEAD_CHANGES = (
    "DELETE FROM contact_changes WHERE id IN (SELECT id FROM contact_changes WHERE created_at < $1 LIMIT 5000)"
)
DEAD_REGISTRATIONS = """
    DELETE FROM registrations WHERE id IN
    (SELECT id FROM registrations WHERE expires_at < $1 AND login IS NULL LIMIT 5000)
"""
FULL_COUNTERS = (
    "DELETE FROM limit_counters WHERE key IN (SELECT key FROM limit_counters WHERE began_at < $1 LIMIT 5000)"
)
FORGOTTEN_DEVICES = """
    DELETE FROM devices WHERE id IN
    (SELECT id FROM devices d WHERE seen_at < $1
     AND NOT EXISTS (SELECT FROM sessions s WHERE s.device = d.id) LIMIT 5000)
"""
