"""Asking for a sign-in code. Whoever asks is answered alike: the same statements run for a login and for nobody's
number, and what differs happens later, in a job.
"""

from __future__ import annotations

from datetime import datetime

import pyotp

from portal import audit
from portal.audit import Event
from portal.database import transaction
from portal.identity import caps, identifiers, shown_passwords
from portal.identity.browsers import Browser, known_device
from portal.identity.durations import ASKING_LIVES, CODE_LIVES, RESEND_AFTER
from portal.identity.refusals import TooManyAttempts, TooManyCodes, TooSoon
from portal.identity.tables import Device, Login, SignInCode
from portal.jobs import URGENT, enqueue
from portal.statements import Slot, Statement
from portal.web import tokens

NAMED = Statement(
    """
    SELECT * FROM logins WHERE contact_number = $1
    UNION ALL
    SELECT * FROM logins WHERE email = $1
    UNION ALL
    (SELECT l.* FROM customers c JOIN accesses x ON x.customer = c.id JOIN logins l ON l.id = x.login
     WHERE c.number = $1 ORDER BY l.contact_number = c.contact_number DESC NULLS LAST, l.created_at LIMIT 1)
    LIMIT 1
    """,
    Login,
    ("identifier",),
)
"""The three kinds of identifier never look alike (see `identifiers.read`). A customer whom several logins see is
reached by the customer's own contact number, else by the oldest login."""


async def ask(identifier: str, browser: Browser, *, remember: bool, at: datetime, password: str = "") -> str:
    """Begin a sign-in; returns the token that binds the code to this browser.

    A password that came along is looked at for everybody alike; what came of it is only told after the right code.
    """
    login = await NAMED.first(identifier=identifier)
    device = await known_device(browser, login.id if login else None, at)
    await stay_within_caps(identifier, device, browser, at)
    has_shown_password = await shown_passwords.has_shown(login.id if login else None, password, at)
    token = tokens.new_token()
    code = SignInCode(
        browser_hash=tokens.hashed(token),
        login=login.id if login else None,
        asked_for=identifier,
        secret=pyotp.random_base32(),
        counter=0,
        remember=remember,
        has_shown_password=has_shown_password,
        created_at=at,
        sent_at=at,
        expires_at=at + CODE_LIVES,
    )
    async with transaction():
        await code.save()
        await send(code, browser)
    return token


async def ask_again(code: SignInCode, browser: Browser, *, at: datetime) -> None:
    """Send another code instead of the last, which no longer counts. The WHERE is the lock: two taps, one SMS."""
    if at < code.resend_at:
        raise TooSoon
    device = await known_device(browser, code.login, at)
    await stay_within_caps(code.asked_for, device, browser, at)
    async with transaction():
        renewed = await (
            SignInCode.update(
                {
                    SignInCode.counter: SignInCode.counter + 1,
                    SignInCode.sent_at: at,
                    SignInCode.expires_at: at + CODE_LIVES,
                }
            )
            .where(SignInCode.id == code.id, SignInCode.used_at.is_null(), SignInCode.sent_at <= at - RESEND_AFTER)
            .returning(*SignInCode.all_columns())
        )
        if not renewed:
            raise TooSoon
        await send(SignInCode(**renewed[0]), browser)


async def send(code: SignInCode, browser: Browser) -> None:
    await enqueue("identity.send_code", priority=URGENT, code=str(code.id), counter=str(code.counter))
    asked_for = identifiers.mask(code.asked_for)
    await audit.note(Event.SIGN_IN_ASKED, login=code.login, address=browser.address, asked_for=asked_for)


async def stay_within_caps(identifier: str, device: Device | None, browser: Browser, at: datetime) -> None:
    """Count this asking against what the asker can know of, the name typed and the address; never what it led to."""
    who = caps.key_of(identifier, device)
    if until := await caps.ATTEMPTS.left_until(who, at):
        raise TooManyAttempts(until)
    for limit, key in (
        (caps.FROM_AN_ADDRESS, caps.address_key(browser.address)),
        (caps.ASKED_IN_AN_HOUR, who),
        (caps.ASKED_IN_A_DAY, who),
    ):
        if not await limit.take(key, at):
            raise TooManyCodes(await limit.left_until(key, at) or at)
    if until := await caps.IN_ALL.left_until(caps.EVERYBODY, at):
        raise TooManyCodes(until)


ASKED = Statement(
    SignInCode.objects().where(
        SignInCode.browser_hash == Slot("browser_hash"),
        SignInCode.used_at.is_null(),
        SignInCode.created_at > Slot("since"),
    ),
    SignInCode,
)


async def asked_by(token: str | None, at: datetime) -> SignInCode | None:
    """What the browser with this challenge cookie asked for, while it may still go on."""
    return await ASKED.first(browser_hash=tokens.hashed(token or ""), since=at - ASKING_LIVES)
