"""`/lines/{line}/services/{code}`: one service of a line, switching it, and cancelling what is planned."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from portal import clock
from portal.identity.proving import demand_proof
from portal.identity.refusals import ContactChangedRecently
from portal.limits import Limit
from portal.network.lines import LineSeen
from portal.refusals import N_, Refusal
from portal.services import catalogue, switching
from portal.services.forms import AskForm
from portal.services.offering import offers_of
from portal.services.pages import debts_of, fresh_standing, line_seen, lines_seen, path_of, services_page, told_of
from portal.services.refusals import (
    BeginNotAsked,
    EmergencyNumber,
    ForwardedToItself,
    NoSuchNumber,
    PremiumNumber,
    StartOutOfRange,
    TooLateToCancel,
)
from portal.services.showing import State, look_again_seconds, row_of
from portal.services.switching import Asked, Outcome
from portal.web.forms import Filled, Form, fill
from portal.web.guards import signed_in
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest

PATH = "/lines/{line_id:uuid}/services/{code:str}"
NOTHING_TYPED: Filled[Any] = Filled(None)
FIELDS: dict[type[Refusal], str] = {
    NoSuchNumber: "value",
    EmergencyNumber: "value",
    PremiumNumber: "value",
    ForwardedToItself: "value",
    StartOutOfRange: "day",
    BeginNotAsked: "begins_at_once",
}
"""Under which field a refusal is told; the others are told on top."""
WISHES = Limit("service_wishes", 30, timedelta(minutes=1))


class AskedTooOften(Refusal):
    status = 429
    message = N_("That was very often in a short time. Please wait a minute and try again.")


class ServicePages(Controller):
    path = PATH
    guards = (signed_in,)

    @get()
    async def show(self, request: PortalRequest, line_id: FromPath[UUID], code: FromPath[str]) -> Response[bytes]:
        return await service_page(request, await line_seen(request, line_id), code)

    @post()
    async def ask(self, request: PortalRequest, line_id: FromPath[UUID], code: FromPath[str]) -> Response[bytes]:
        line, filled = await line_seen(request, line_id), await fill(request, AskForm)
        if filled.form is None:
            return await service_page(request, line, code, filled)
        insist_on_proof(request, line, code, filled.form)
        try:
            asked = await ask(request, line, code, filled.form)
        except Refusal as refusal:
            if filled.form.shown_in == "list":
                return await services_page(request, await lines_seen(request), line, refusal=refusal)
            return await service_page(request, line, code, filled, refusal)
        return await answer(request, line, code, asked, is_in_list=filled.form.shown_in == "list")

    @post("/switches/{switch_id:uuid}/cancellation")
    async def cancel(
        self, request: PortalRequest, line_id: FromPath[UUID], code: FromPath[str], switch_id: FromPath[UUID]
    ) -> Response[bytes]:
        line = await line_seen(request, line_id)
        await fill(request, Form)
        try:
            await switching.cancel(line, switch_id, request.at, login=request.viewer.login_id)
        except TooLateToCancel as refusal:
            return await service_page(request, line, code, refusal=refusal)
        return see_other(request, page_path(line, code, "cancelled"))


def insist_on_proof(request: PortalRequest, line: LineSeen, code: str, form: AskForm) -> None:
    """Before what opens a way to large costs; the way back is the page, on which it is asked for again."""
    service = catalogue.current(clock.day_of(request.at)).by_code.get(code)
    if service is not None and service.step_up and form.setting.is_on:
        demand_proof(request, page_path(line, code))


async def ask(request: PortalRequest, line: LineSeen, code: str, form: AskForm) -> Asked:
    if not await WISHES.take(str(request.viewer.login_id), request.at):
        raise AskedTooOften
    return await switching.ask(
        line,
        code,
        form.setting,
        login=request.viewer.login_id,
        begins_at_once=form.begins_at_once == "yes",
        starts_on=form.day,
        agreed_cents=form.agreed_cents,
        at=request.at,
    )


async def answer(
    request: PortalRequest, line: LineSeen, code: str, asked: Asked, *, is_in_list: bool
) -> Response[bytes]:
    """The same target again is no error: it is said that it is so already. htmx gets the list at once."""
    how = "again" if asked.outcome in (Outcome.ALREADY, Outcome.UNDER_WAY) else "asked"
    if asked.outcome == Outcome.TO_SIGN and asked.documents:
        return see_other(request, asked.documents)
    if is_in_list and request.is_htmx:
        return await services_page(request, await lines_seen(request), line, (code, how))
    return see_other(request, path_of(line, code, how) if is_in_list else page_path(line, code, how))


async def service_page(
    request: PortalRequest,
    line: LineSeen,
    code: str,
    filled: Filled[Any] = NOTHING_TYPED,
    refusal: Refusal | None = None,
) -> Response[bytes]:
    """`refusal`: why what was asked for was not taken, told under `refused_field` or on top."""
    standing = await fresh_standing(line, request)
    row, viewer = row_of(standing, standing.of(code)), request.viewer
    offers = offers_of(standing, row.one, filled.form.day if filled.form else None)
    told = told_of(standing, code, request.query_params.get("told"))
    return page(
        request,
        "services/service.html",
        status=refusal.status if refusal else 400 if filled.errors else 200,
        blocks=("service",),
        nav="services",
        line=line,
        services=standing,
        row=row,
        offers=offers,
        debts=await debts_of(request, line) if row.is_barred else None,
        look_again=look_again_seconds(standing) if row.state not in (State.ON, State.OFF) else None,
        here=page_path(line, code, told.how if told else None),
        told=told,
        filled=filled,
        refusal=refusal,
        refused_field=FIELDS.get(type(refusal)) if refusal else None,
        recent=None if viewer.has_settled(request.at) else ContactChangedRecently(viewer.contact_changed_at),
        is_proven=viewer.has_proven(request.at),
    )


def page_path(line: LineSeen, code: str, told: str | None = None) -> str:
    return f"/lines/{line.id}/services/{code}{f'?told={told}' if told else ''}"


ROUTES = [ServicePages]
