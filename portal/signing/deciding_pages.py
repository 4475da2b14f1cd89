"""Signing with consent and a code, or declining. Who cannot, is led to the page that says how things stand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from portal.identity.cookies import browser_of
from portal.identity.refusals import ExpiredCode, TooManyCodes, TooSoon, WrongCode
from portal.refusals import Refusal
from portal.signing.envelopes import caps, consent
from portal.signing.envelopes.accepting import accept
from portal.signing.envelopes.code_rows import open_code
from portal.signing.envelopes.coding import ask_again, ask_code
from portal.signing.envelopes.names import is_same_name
from portal.signing.envelopes.reading import EnvelopeSeen, Standing
from portal.signing.envelopes.refusals import AskForACode, ConsentChanged
from portal.signing.forms import ConsentForm, SigningCodeForm
from portal.signing.pages import PATH, path_of, seen_by
from portal.signing.showing import NAMES, seconds_left
from portal.signing.tables import SigningCode
from portal.web import tokens
from portal.web.forms import Filled, Form, fill
from portal.web.guards import signed_in
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest

SIGNATURE = f"{PATH}/{{envelope_id:uuid}}/signature"
NOTHING_TYPED: Filled[Any] = Filled(None)


@get(SIGNATURE, guards=[signed_in])
async def read_consent(request: PortalRequest, envelope_id: FromPath[UUID]) -> Response[bytes]:
    seen = await seen_by(request, envelope_id)
    if seen.standing(request.at) != Standing.OPEN:
        return see_other(request, path_of(seen))
    return consent_page(request, seen)


@post(SIGNATURE, guards=[signed_in])
async def give_consent(request: PortalRequest, envelope_id: FromPath[UUID]) -> Response[bytes]:
    """The code is sent at once."""
    seen = await seen_by(request, envelope_id)
    filled = await fill(request, ConsentForm)
    if seen.standing(request.at) != Standing.OPEN:
        return see_other(request, path_of(seen))
    if filled.form is None:
        return consent_page(request, seen, filled)
    try:
        await ask_code(seen, request.viewer, filled.form.version, browser_of(request), request.at)
    except (ConsentChanged, TooManyCodes) as refusal:
        return consent_page(request, seen, refusal=refusal)
    except Refusal:
        return see_other(request, path_of(seen))
    return see_other(request, f"{path_of(seen)}/signature/code")


@get(f"{SIGNATURE}/code", guards=[signed_in])
async def ask_for_digits(request: PortalRequest, envelope_id: FromPath[UUID]) -> Response[bytes]:
    seen = await seen_by(request, envelope_id)
    if seen.standing(request.at) != Standing.OPEN:
        return see_other(request, path_of(seen))
    code = await open_code(seen, request.viewer)
    return consent_page(request, seen) if code is None else code_page(request, seen, code)


@post(f"{SIGNATURE}/code", guards=[signed_in])
async def sign(request: PortalRequest, envelope_id: FromPath[UUID]) -> Response[bytes]:
    seen = await seen_by(request, envelope_id)
    filled = await fill(request, SigningCodeForm)
    code = await open_code(seen, request.viewer)
    if code is None or seen.standing(request.at) != Standing.OPEN:
        return no_code_page(request, seen)
    if filled.form is None:
        return code_page(request, seen, code, filled)
    try:
        await accept(seen, request.viewer, filled.form.code, browser_of(request), request.at)
    except (WrongCode, ExpiredCode) as refusal:
        counted = await seen_by(request, envelope_id)
        return code_page(request, counted, code, filled.with_error("code", refusal.message))
    except AskForACode:
        return no_code_page(request, seen)
    except Refusal:
        pass
    return see_other(request, path_of(seen))


@post(f"{SIGNATURE}/code/resend", guards=[signed_in])
async def send_again(request: PortalRequest, envelope_id: FromPath[UUID]) -> Response[bytes]:
    """Too soon: the code's page says how soon it is possible."""
    seen = await seen_by(request, envelope_id)
    await fill(request, Form)
    try:
        await ask_again(seen, request.viewer, browser_of(request), request.at)
    except TooSoon:
        pass
    except AskForACode:
        return no_code_page(request, seen)
    except TooManyCodes as refusal:
        return consent_page(request, seen, refusal=refusal)
    except Refusal:
        return see_other(request, path_of(seen))
    return see_other(request, f"{path_of(seen)}/signature/code")


def no_code_page(request: PortalRequest, seen: EnvelopeSeen) -> Response[bytes]:
    """Where another session has asked since, or nobody has: begin again, unless it is decided."""
    if seen.standing(request.at) != Standing.OPEN:
        return see_other(request, path_of(seen))
    return consent_page(request, seen, refusal=AskForACode())


def consent_page(
    request: PortalRequest,
    seen: EnvelopeSeen,
    filled: Filled[ConsentForm] = NOTHING_TYPED,
    refusal: Refusal | None = None,
) -> Response[bytes]:
    """The text is that of the language in which the order was made, as the documents are."""
    return page(
        request,
        "signing/consent.html",
        status=refusal.status if refusal else 400 if filled.errors else 200,
        nav="more",
        seen=seen,
        name=NAMES[seen.kind],
        consent=consent.current(seen.language),
        is_signatory=is_same_name(request.viewer.name, seen.signatory),
        seconds=seconds_left(seen, request.at),
        filled=filled,
        refusal=refusal,
        envelope=path_of(seen),
    )


def code_page(
    request: PortalRequest, seen: EnvelopeSeen, code: SigningCode, filled: Filled[SigningCodeForm] = NOTHING_TYPED
) -> Response[bytes]:
    """`tries`: how many are left, once one was wrong; `wait`: seconds until a new code is possible."""
    return page(
        request,
        "signing/code.html",
        status=400 if filled.errors else 200,
        nav="more",
        seen=seen,
        name=NAMES[seen.kind],
        number=code.number,
        is_resent=code.counter > 0,
        wait=tokens.seconds_until(code.resend_at, request.at),
        tries=caps.MOST_WRONG_CODES - seen.wrong_codes if seen.wrong_codes else None,
        seconds=seconds_left(seen, request.at),
        filled=filled,
        envelope=path_of(seen),
    )


ROUTES = [read_consent, give_consent, ask_for_digits, sign, send_again]
