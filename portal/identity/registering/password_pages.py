"""The last page of registering: the password from the SMS, and on to the code."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from portal.identity import asking, cookies
from portal.identity.forms import NextForm, PasswordForm
from portal.identity.pages import HOME, leading_on, too_many_page
from portal.identity.refusals import TooMany, WrongPassword
from portal.identity.registering import accepting, finishing
from portal.identity.registering.refusals import RegistrationOver
from portal.identity.registering.steps import begun, elsewhere, then_of
from portal.identity.tables import Registration
from portal.web import tokens
from portal.web.forms import Filled, fill
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, local_path

NOTHING_TYPED: Filled[Any] = Filled(None)


@get("/register/password", guards=[anyone])
async def ask_for_sent_password(request: PortalRequest) -> Response[bytes]:
    then, registration = then_of(request), await begun(request)
    if registration is None or registration.login is not None or registration.sent_at is None:
        return elsewhere(request, registration, then)
    return password_page(request, registration, NOTHING_TYPED, then)


@post("/register/password", guards=[anyone])
async def enter_sent_password(request: PortalRequest) -> Response[bytes]:
    filled, registration = await fill(request, PasswordForm), await begun(request)
    then = local_path(filled.typed.get("next")) or HOME
    if registration is None or registration.login is not None or registration.sent_at is None:
        return elsewhere(request, registration, then)
    if filled.form is None:
        return password_page(request, registration, filled, then)
    typed = filled.form.password.strip()
    try:
        await finishing.finish(registration, typed, request.language, request.address, at=request.at)
    except WrongPassword as refusal:
        return password_page(request, registration, filled.with_error("password", refusal.message), then)
    except TooMany as refusal:
        return too_many_page(request, refusal, then)
    except RegistrationOver:
        return elsewhere(request, await begun(request), then)
    return await on_to_code(request, registration, typed, then)


@post("/register/password/resend", guards=[anyone])
async def send_again(request: PortalRequest) -> Response[bytes]:
    """Too soon: the page says how soon it is possible."""
    filled, registration = await fill(request, NextForm), await begun(request)
    then = local_path(filled.typed.get("next")) or HOME
    if registration is None or registration.login is not None or registration.sent_at is None:
        return elsewhere(request, registration, then)
    try:
        await accepting.send_password(registration, str(registration.number), str(registration.terms), request.at)
    except TooMany as refusal:
        return too_many_page(request, refusal, then)
    return see_other(request, leading_on("/register/password", then))


async def on_to_code(request: PortalRequest, registration: Registration, typed: str, then: str) -> Response[bytes]:
    """The second step, as at any sign-in; the password was the first."""
    try:
        challenge = await asking.ask(
            str(registration.number), cookies.browser_of(request), remember=False, password=typed, at=request.at
        )
    except TooMany as refusal:
        return too_many_page(request, refusal, then)
    return see_other(request, leading_on("/sign-in/code", then), [cookies.challenge(challenge)])


def password_page(
    request: PortalRequest, registration: Registration, filled: Filled[PasswordForm], then: str
) -> Response[bytes]:
    """`wait`: seconds until another password is possible."""
    return page(
        request,
        "identity/register_password.html",
        status=400 if filled.errors else 200,
        number=registration.number,
        is_resent=registration.sendings > 1,
        wait=tokens.seconds_until(accepting.resend_at(registration), request.at),
        filled=filled,
        then=then,
    )


ROUTES = [ask_for_sent_password, enter_sent_password, send_again]
