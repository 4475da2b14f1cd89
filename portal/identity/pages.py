"""Signing in and out: who are you, the code, and the way back to what was asked for."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post

from portal.identity import asking, confirming, cookies, identifiers, sessions
from portal.identity.cookies import browser_of
from portal.identity.forms import CodeForm, NextForm, SignInForm
from portal.identity.refusals import ExpiredCode, TooMany, TooSoon, WrongCode
from portal.identity.shown_passwords import password_of
from portal.identity.tables import SignInCode
from portal.web import tokens
from portal.web.forms import Filled, fill
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, local_path

HOME = "/"
ASKED_NO_MORE = tokens.expired(tokens.CHALLENGE)
NOTHING_TYPED: Filled[Any] = Filled(None)


@get("/sign-in", guards=[anyone])
async def ask_who(request: PortalRequest) -> Response[bytes]:
    then = local_path(request.query_params.get("next")) or HOME
    if request.viewer is not None:
        return see_other(request, then)
    return sign_in_page(request, NOTHING_TYPED, then)


@post("/sign-in", guards=[anyone])
async def ask_for_code(request: PortalRequest) -> Response[bytes]:
    filled = await fill(request, SignInForm)
    then = local_path(filled.typed.get("next")) or HOME
    if filled.form is None:
        return sign_in_page(request, filled, then)
    try:
        challenge = await asking.ask(
            filled.form.identifier,
            browser_of(request),
            remember=filled.form.remember == "yes",
            password=filled.form.password,
            at=request.at,
        )
    except TooMany as refusal:
        return too_many_page(request, refusal, then)
    return see_other(request, leading_on("/sign-in/code", then), [cookies.challenge(challenge)])


@get("/sign-in/code", guards=[anyone])
async def ask_code(request: PortalRequest) -> Response[bytes]:
    then = local_path(request.query_params.get("next")) or HOME
    code = await asked_code(request)
    if code is None:
        return see_other(request, leading_on("/sign-in", then))
    return code_page(request, code, NOTHING_TYPED, then)


@post("/sign-in/code", guards=[anyone])
async def enter_code(request: PortalRequest) -> Response[bytes]:
    filled = await fill(request, CodeForm)
    then = local_path(filled.typed.get("next")) or HOME
    code = await asked_code(request)
    if code is None:
        return see_other(request, leading_on("/sign-in", then))
    if filled.form is None:
        return code_page(request, code, filled, then)
    try:
        is_all = await confirming.confirm(
            code, filled.form.code, browser_of(request), at=request.at, is_signed_in=is_theirs(request, code)
        )
    except (WrongCode, ExpiredCode) as refusal:
        return code_page(request, code, filled.with_error("code", refusal.message), then)
    except TooMany as refusal:
        return too_many_page(request, refusal, then)
    if not is_all:
        return see_other(request, leading_on("/sign-in/password", then))
    return await let_in(request, code, then)


@post("/sign-in/code/resend", guards=[anyone])
async def resend_code(request: PortalRequest) -> Response[bytes]:
    """Too soon: the code's page says how soon it is possible."""
    filled = await fill(request, NextForm)
    then = local_path(filled.typed.get("next")) or HOME
    code = await asked_code(request)
    if code is None:
        return see_other(request, leading_on("/sign-in", then))
    try:
        await asking.ask_again(code, browser_of(request), at=request.at)
    except TooSoon:
        pass
    except TooMany as refusal:
        return too_many_page(request, refusal, then)
    return see_other(request, leading_on("/sign-in/code", then))


def sign_in_page(request: PortalRequest, filled: Filled[SignInForm], then: str) -> Response[bytes]:
    return page(
        request,
        "identity/sign_in.html",
        status=400 if filled.errors else 200,
        filled=filled,
        then=then,
        register=leading_on("/register", then),
    )


def code_page(request: PortalRequest, code: SignInCode, filled: Filled[CodeForm], then: str) -> Response[bytes]:
    """Says where the code went only in the words of whoever asked. `wait`: seconds until a new code is possible."""
    return page(
        request,
        "identity/code.html",
        status=400 if filled.errors else 200,
        sent_to=identifiers.mask(code.asked_for),
        is_resent=code.counter > 0,
        wait=tokens.seconds_until(code.resend_at, request.at),
        filled=filled,
        then=then,
        start=leading_on("/sign-in", then),
    )


def too_many_page(request: PortalRequest, refusal: TooMany, then: str) -> Response[bytes]:
    return page(
        request, "identity/too_many.html", status=refusal.status, refusal=refusal, start=leading_on("/sign-in", then)
    )


async def asked_code(request: PortalRequest) -> SignInCode | None:
    return await asking.asked_by(request.cookies.get(tokens.CHALLENGE), request.at)


async def let_in(request: PortalRequest, code: SignInCode, then: str) -> Response[bytes]:
    """A new session; the running one under a new token when its own person has proven themselves. Whoever came with a
    password of ours chooses their own first.
    """
    if is_theirs(request, code):
        renewed = await sessions.step_up(request.viewer.session_id, request.at)
        return see_other(request, then, [ASKED_NO_MORE, cookies.session(renewed, request.viewer.is_remembered)])
    started = await sessions.start_session(code.login, browser_of(request), is_remembered=code.remember, at=request.at)
    kept = [ASKED_NO_MORE, cookies.device(started.device), cookies.session(started.session, code.remember)]
    password = await password_of(code.login)
    is_initial = password is not None and password.is_initial
    return see_other(request, f"/account/password?next={quote(then, safe='')}" if is_initial else then, kept)


def is_theirs(request: PortalRequest, code: SignInCode) -> bool:
    """Whether it was asked for by the person who is signed in here."""
    return request.viewer is not None and request.viewer.login_id == code.login


def leading_on(path: str, then: str) -> str:
    """`/sign-in/code?next=%2Fbills`: what was asked for before signing in goes along."""
    return path if then == HOME else f"{path}?next={quote(then, safe='')}"


ROUTES = [ask_who, ask_for_code, ask_code, enter_code, resend_code]
