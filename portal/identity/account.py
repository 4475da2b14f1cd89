"""The signed-in person's own page: who is signed in, where, and whose account is looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from portal import clock
from portal.identity import identifiers, profile, sessions
from portal.identity.forms import AccountForm
from portal.identity.refusals import ContactChangedRecently
from portal.identity.viewers import NoAccount
from portal.refusals import N_, NotFound
from portal.web import tokens
from portal.web.forms import Form, fill
from portal.web.guards import anyone, signed_in
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest, UnreadableForm

WHAT_WE_LEFT_IN_THE_BROWSER = '"cache", "storage"'


@get("/account", guards=[signed_in])
async def account(request: PortalRequest) -> Response[bytes]:
    """`recent`: the change of contact data that sensitive acts wait for. `apart`: customers who keep their language."""
    viewer = request.viewer
    recent = None if viewer.has_settled(request.at) else ContactChangedRecently(viewer.contact_changed_at)
    return page(
        request,
        "identity/account.html",
        nav="more",
        profile=await profile.profile_of(viewer.login_id, request.at),
        accounts=[
            {"value": str(row.account_id), "label": row.customer_name, "text": row.account_number}
            for row in viewer.accounts
        ],
        masked_email=identifiers.mask(viewer.email) if viewer.email else None,
        recent=recent,
        again=possible_again(recent, request.at) if recent else None,
        apart=list(dict.fromkeys(row.customer_name for row in viewer.accounts if not row.shares_our_number)),
    )


def possible_again(recent: ContactChangedRecently, at: datetime) -> str:
    return N_("possible today") if clock.day_of(recent.until) == clock.day_of(at) else N_("possible tomorrow")


@post("/account/choice", guards=[signed_in])
async def choose_account(request: PortalRequest) -> Response[bytes]:
    """Look at another account: one of the viewer's own, else there is no such thing."""
    filled = await fill(request, AccountForm)
    if filled.form is None:
        raise UnreadableForm
    if filled.form.account not in [row.account_id for row in request.viewer.accounts]:
        raise NotFound
    await sessions.look_at(filled.form.account, request.viewer.session_id)
    return see_other(request, "/")


@post("/account/sessions/end", guards=[signed_in])
async def end_others(request: PortalRequest) -> Response[bytes]:
    await fill(request, Form)
    viewer = request.viewer
    await sessions.end_others(viewer.session_id, viewer.login_id, request.address, request.at)
    return see_other(request, "/account")


@post("/account/sessions/{session_id:uuid}/end", guards=[signed_in])
async def end_session(request: PortalRequest, session_id: FromPath[UUID]) -> Response[bytes]:
    await fill(request, Form)
    await sessions.end_one(session_id, request.viewer.login_id, request.address, request.at)
    return see_other(request, "/account")


@post("/sign-out", guards=[anyone])
async def sign_out(request: PortalRequest) -> Response[bytes]:
    """The device stays known, so that strangers' wrong codes do not lock its owner out."""
    await fill(request, Form)
    if viewer := request.viewer:
        await sessions.sign_out(viewer.session_id, viewer.login_id, request.address, request.at)
    gone = [tokens.expired(tokens.SESSION), tokens.expired(tokens.CHALLENGE)]
    answer = see_other(request, "/signed-out", gone)
    answer.headers["clear-site-data"] = WHAT_WE_LEFT_IN_THE_BROWSER
    return answer


@get("/signed-out", guards=[anyone])
async def signed_out(request: PortalRequest) -> Response[bytes]:
    return page(request, "identity/signed_out.html")


def without_account(request: PortalRequest, refusal: NoAccount) -> Response[bytes]:
    """A login that sees no account yet: what to do about it, and the way out."""
    return page(request, "identity/no_account.html", status=refusal.status, refusal=refusal)


ROUTES = [account, choose_account, end_others, end_session, sign_out, signed_out]
HANDLERS: dict[int | type[Exception], Any] = {NoAccount: without_account}
