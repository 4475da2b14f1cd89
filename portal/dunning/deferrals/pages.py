"""Putting a suspension off: what is possible, before it is asked for; and the way to a longer deferral."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Controller, Response, get, post

from portal import clock
from portal.dunning.deferrals import requesting
from portal.dunning.deferrals.deferring import defer
from portal.dunning.deferrals.forms import WishForm
from portal.dunning.deferrals.refusals import AlreadyRuns, AskedTooOften, DayOutside
from portal.dunning.deferrals.requesting import Wish
from portal.dunning.deferrals.view import view_of
from portal.dunning.relief_tables import AskedBy
from portal.limits import Limit
from portal.refusals import Refusal
from portal.web.forms import Filled, Form, fill
from portal.web.guards import signed_in
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest

PATH = "/deferral"
NOTHING_TYPED: Filled[Any] = Filled(None)
WISHES = Limit("deferral_wishes", 5, timedelta(days=1))


class DeferralPages(Controller):
    path = PATH
    guards = (signed_in,)

    @get()
    async def show(self, request: PortalRequest) -> Response[bytes]:
        return await deferral_page(request)

    @post()
    async def ask(self, request: PortalRequest) -> Response[bytes]:
        """Whoever asks a second time sees what was granted the first time."""
        await fill(request, Form)
        try:
            await defer(
                request.viewer.account,
                today=clock.day_of(request.at),
                at=request.at,
                asked_by=AskedBy.PORTAL,
                decided_by="customer",
            )
        except AlreadyRuns:
            return await done(request)
        except Refusal as refusal:
            return await deferral_page(request, status=refusal.status)
        return await done(request)

    @post("/request")
    async def ask_for_longer(self, request: PortalRequest) -> Response[bytes]:
        filled = await fill(request, WishForm)
        if filled.form is None:
            return await deferral_page(request, filled, status=400)
        try:
            await wish(request, filled.form)
        except DayOutside as outside:
            return await deferral_page(request, filled.with_error("until", outside.message), status=400)
        except Refusal as refusal:
            return await deferral_page(request, filled, refusal, status=refusal.status)
        return await done(request)

    @post("/request/withdrawal")
    async def withdraw(self, request: PortalRequest) -> Response[bytes]:
        await fill(request, Form)
        try:
            await requesting.withdraw(request.viewer.account, login=request.viewer.login_id, at=request.at)
        except Refusal as refusal:
            return await deferral_page(request, refusal=refusal, status=refusal.status)
        return await done(request)


async def wish(request: PortalRequest, form: WishForm) -> None:
    account, today = request.viewer.account, clock.day_of(request.at)
    if not await WISHES.take(str(account.id), request.at):
        raise AskedTooOften
    wished = Wish(form.telephone, form.tax_number, form.until, form.words)
    await requesting.ask(account, wished, login=request.viewer.login_id, today=today, at=request.at)


async def done(request: PortalRequest) -> Response[bytes]:
    """The page again: htmx gets its block at once, a browser is sent there, so that reloading asks for nothing."""
    return await deferral_page(request) if request.is_htmx else see_other(request, PATH)


async def deferral_page(
    request: PortalRequest,
    filled: Filled[Any] = NOTHING_TYPED,
    refusal: Refusal | None = None,
    *,
    status: int = 200,
) -> Response[bytes]:
    """`refusal`: of a longer deferral; why there can be no short one, the page says by itself."""
    today = clock.day_of(request.at)
    return page(
        request,
        "dunning/deferral.html",
        status=status,
        blocks=("deferral",),
        nav="home",
        today=today,
        view=await view_of(request.viewer.account, today),
        filled=filled,
        refusal=refusal,
    )


ROUTES = [DeferralPages]
