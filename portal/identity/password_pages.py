"""The password: entered after the code, set and changed and removed in the profile."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from portal.identity import cookies, password_entering, password_setting
from portal.identity.forms import NewPasswordForm, PasswordForm
from portal.identity.pages import HOME, leading_on, let_in, too_many_page
from portal.identity.password_rules import fault
from portal.identity.proving import freshly_proven
from portal.identity.refusals import PasswordTooOld, TooMany, WrongPassword
from portal.identity.shown_passwords import password_of
from portal.identity.tables import SignInCode
from portal.identity.viewers import Viewer
from portal.refusals import N_
from portal.settings import settings
from portal.web import tokens
from portal.web.forms import Filled, Form, fill
from portal.web.guards import anyone
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, local_path

NOTHING_TYPED: Filled[Any] = Filled(None)
NOT_THE_SAME = N_("The two are not the same. Enter the new password twice.")
ACCOUNT = "/account"


@get("/sign-in/password", guards=[anyone])
async def ask_for_password(request: PortalRequest) -> Response[bytes]:
    then, code = then_of(request), await waited_for(request)
    if code is None:
        return away(request, then)
    return enter_page(request, NOTHING_TYPED, then)


@post("/sign-in/password", guards=[anyone])
async def enter_password(request: PortalRequest) -> Response[bytes]:
    filled, code = await fill(request, PasswordForm), await waited_for(request)
    then = local_path(filled.typed.get("next")) or HOME
    if code is None:
        return away(request, then)
    if filled.form is None:
        return enter_page(request, filled, then)
    try:
        await password_entering.enter(code, filled.form.password, request.address, at=request.at)
    except (WrongPassword, PasswordTooOld) as refusal:
        return enter_page(request, filled.with_error("password", refusal.message), then)
    except TooMany as refusal:
        return too_many_page(request, refusal, then)
    return await let_in(request, code, then)


@get("/account/password", guards=[freshly_proven])
async def ask_for_new(request: PortalRequest) -> Response[bytes]:
    return await new_page(request, NOTHING_TYPED, local_path(request.query_params.get("next")) or ACCOUNT)


@post("/account/password", guards=[freshly_proven])
async def set_new(request: PortalRequest) -> Response[bytes]:
    filled = await fill(request, NewPasswordForm)
    then = local_path(filled.typed.get("next")) or ACCOUNT
    if filled.form is None:
        return await new_page(request, filled, then)
    if trouble := fault(filled.form.password, of(request.viewer)):
        return await new_page(request, filled.with_error("password", trouble), then)
    if filled.form.password != filled.form.again:
        return await new_page(request, filled.with_error("again", NOT_THE_SAME), then)
    renewed = await password_setting.set_password(request.viewer, filled.form.password, request.address, at=request.at)
    return see_other(request, then, [cookies.session(renewed, request.viewer.is_remembered)])


@get("/account/password/removal", guards=[freshly_proven])
async def ask_whether(request: PortalRequest) -> Response[bytes]:
    if await password_of(request.viewer.login_id) is None:
        return see_other(request, ACCOUNT)
    return page(request, "identity/password_removal.html", nav="more")


@post("/account/password/removal", guards=[freshly_proven])
async def remove(request: PortalRequest) -> Response[bytes]:
    await fill(request, Form)
    renewed = await password_setting.remove_password(request.viewer, request.address, at=request.at)
    return see_other(request, ACCOUNT, [cookies.session(renewed, request.viewer.is_remembered)])


def enter_page(request: PortalRequest, filled: Filled[PasswordForm], then: str) -> Response[bytes]:
    return page(
        request,
        "identity/password.html",
        status=400 if filled.errors else 200,
        filled=filled,
        then=then,
        start=leading_on("/sign-in", then),
        forgotten=leading_on("/register", then),
    )


async def new_page(request: PortalRequest, filled: Filled[NewPasswordForm], then: str) -> Response[bytes]:
    """`present`: the password that stands, or none."""
    return page(
        request,
        "identity/password_new.html",
        status=400 if filled.errors else 200,
        nav="more",
        present=await password_of(request.viewer.login_id),
        filled=filled,
        then=then,
    )


def of(viewer: Viewer) -> list[str]:
    """What others know of the person, and of us."""
    numbers = [number for row in viewer.accounts for number in (row.account_number, row.customer_number) if number]
    names = [row.customer_name for row in viewer.accounts if row.customer_name]
    local = "0" + viewer.contact_number.removeprefix("+386")
    ours = [settings().portal_operator, settings().host]
    return [viewer.name, viewer.contact_number, local, viewer.email or "", *numbers, *names, *ours]


def away(request: PortalRequest, then: str) -> Response[bytes]:
    """Another tab has signed in, or it took too long."""
    return see_other(request, then if request.viewer is not None else leading_on("/sign-in", then))


async def waited_for(request: PortalRequest) -> SignInCode | None:
    return await password_entering.waited_for(request.cookies.get(tokens.CHALLENGE), request.at)


def then_of(request: PortalRequest) -> str:
    return local_path(request.query_params.get("next")) or HOME


ROUTES = [ask_for_password, enter_password, ask_for_new, set_new, ask_whether, remove]
