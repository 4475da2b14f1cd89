"""Asking for a code to sign with. It is bound to the documents, the login and the session, and says what it signs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal.database import transaction
from portal.identity import caps as shared
from portal.identity.browsers import Browser
from portal.identity.refusals import TooManyCodes, TooSoon
from portal.identity.viewers import Viewer
from portal.messaging.sending import Told, send_sms
from portal.refusals import Refusal
from portal.signing.envelopes import caps, consent, guarding
from portal.signing.envelopes.code_rows import open_code, renew, write
from portal.signing.envelopes.reading import EnvelopeSeen
from portal.signing.envelopes.refusals import AskForACode, ConsentChanged
from portal.signing.evidence.chain import Event, note
from portal.signing.tables import SigningCode


async def ask_code(seen: EnvelopeSeen, viewer: Viewer, agreed: str, browser: Browser, at: datetime) -> SigningCode:
    """Consent to the version `agreed` was given: send a code. Asked twice in a breath, one SMS goes.

    Raises ConsentChanged, TooManyCodes and whatever stops this person from signing (portal.signing.envelopes.refusals).
    """
    if agreed != consent.current(seen.language).version:
        raise ConsentChanged
    before = await open_code(seen, viewer)
    if before is not None and at < before.resend_at:
        return before
    await stay_within_caps(viewer, browser, at)
    async with transaction():
        refusal = await guarding.refused(seen, viewer, at)
        code = None if refusal else await asked(seen, viewer, agreed, browser, at)
    return given(code, refusal)


async def asked(seen: EnvelopeSeen, viewer: Viewer, agreed: str, browser: Browser, at: datetime) -> SigningCode | None:
    """With the envelope held, look again: a second tap finds what the first one sent."""
    before = await open_code(seen, viewer)
    if before is not None and at < before.resend_at:
        return before
    code = await write(seen, viewer, agreed, at)
    if code is not None:
        message = await send(code, seen, viewer, at)
        facts = {"login": viewer.login_id, "address": browser.address, "device": browser.label}
        await note(seen.id, Event.CONSENT_GIVEN, at, version=agreed, language=seen.language, **facts)
        await note_sent(code, message, at)
    return code


async def ask_again(seen: EnvelopeSeen, viewer: Viewer, browser: Browser, at: datetime) -> SigningCode:
    """Send another code instead of the last, which no longer counts. The WHERE is the lock: two taps, one SMS.

    Raises AskForACode, TooSoon, TooManyCodes and whatever stops this person from signing.
    """
    before = await open_code(seen, viewer)
    if before is None:
        raise AskForACode
    if at < before.resend_at:
        raise TooSoon
    await stay_within_caps(viewer, browser, at)
    async with transaction():
        refusal = await guarding.refused(seen, viewer, at)
        code = None if refusal else await renew(before, viewer, at)
        if code is not None:
            await note_sent(code, await send(code, seen, viewer, at), at)
    return given(code, refusal or TooSoon())


def given(code: SigningCode | None, refusal: Refusal | None) -> SigningCode:
    if code is None:
        raise refusal or TooSoon()
    return code


async def stay_within_caps(viewer: Viewer, browser: Browser, at: datetime) -> None:
    """Count this asking against whoever asks, and against where they are."""
    for limit, key in (
        (shared.FROM_AN_ADDRESS, shared.address_key(browser.address)),
        (caps.ASKED_IN_AN_HOUR, str(viewer.login_id)),
        (caps.ASKED_IN_A_DAY, str(viewer.login_id)),
        (shared.TO_A_PREFIX, shared.prefix_key(viewer.contact_number)),
        (shared.IN_ALL, shared.EVERYBODY),
    ):
        if not await limit.take(key, at):
            raise TooManyCodes(await limit.left_until(key, at) or at)


async def send(code: SigningCode, seen: EnvelopeSeen, viewer: Viewer, at: datetime) -> UUID | None:
    told = Told(
        "signing_code",
        viewer.language,
        {"code": code.digits, "what": seen.kind, "amount": seen.amount or False},
        customer=seen.customer_id,
        login=viewer.login_id,
        once=f"signing_code:{code.id}:{code.counter}",
        is_secret=True,
        expires_at=code.expires_at,
    )
    return await send_sms(told, code.number, at=at)


async def note_sent(code: SigningCode, message: UUID | None, at: datetime) -> None:
    await note(
        code.envelope,
        Event.CODE_SENT,
        at,
        code=str(code.id),
        counter=code.counter,
        number=code.number,
        message=str(message),
        documents_sha256=code.documents_sha256.hex(),
        amount_cents=code.amount_cents,
        session=str(code.session),
    )
