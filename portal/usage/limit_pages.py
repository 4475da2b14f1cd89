"""The page on which the limit of what a line spends beyond its package is set, changed and removed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Response, get, post

from portal import clock
from portal.identity.proving import demand_proof, freshly_proven
from portal.network.lines import LineSeen, line_among, lines_of
from portal.refusals import NotFound
from portal.usage import limits
from portal.usage.limit_forms import LimitForm
from portal.usage.limits import ProofMissing
from portal.usage.tables import OnReaching
from portal.web.forms import Filled, Form, fill
from portal.web.guards import signed_in
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest

PATH = "/usage/limit"


class LimitPages(Controller):
    """`?line=` chooses among all lines that the login may see; who uses the line has no say here."""

    path = PATH

    @get(guards=[signed_in])
    async def limit(self, request: PortalRequest) -> Response[bytes]:
        """`&limit=…&on_reaching=…`: what was typed before a code was asked for."""
        asked = request.query_params
        typed = {name: asked[name][:20] for name in LimitForm.model_fields if name in asked}
        return await limit_page(request, Filled(None, typed))

    @post(guards=[signed_in])
    async def put(self, request: PortalRequest) -> Response[bytes]:
        filled, (_, line) = await fill(request, LimitForm), await lines_and_chosen(request)
        if filled.form is None:
            return await limit_page(request, filled)
        try:
            await limits.put_limit(
                line,
                filled.form.amount,
                OnReaching(filled.form.on_reaching),
                login=request.viewer.login_id,
                is_proven=is_proven(request),
                at=request.at,
            )
        except ProofMissing:
            demand_proof(request, path_of(line, **filled.typed))
        return see_other(request, path_of(line))

    @post("/removal", guards=[freshly_proven])
    async def remove(self, request: PortalRequest) -> Response[bytes]:
        await fill(request, Form)
        _, line = await lines_and_chosen(request)
        await limits.remove_limit(line, login=request.viewer.login_id, at=request.at)
        return see_other(request, path_of(line))


def is_proven(request: PortalRequest) -> bool:
    return bool(request.viewer.has_settled(request.at) and request.viewer.has_proven(request.at))


async def lines_and_chosen(request: PortalRequest) -> tuple[list[LineSeen], LineSeen]:
    """All lines of the login, and the one of `?line=`; without it the first of the account looked at."""
    viewer = request.viewer
    lines = await lines_of([account.account_id for account in viewer.accounts])
    line = line_among(lines, request.query_params.get("line"), viewer.current.account_id)
    if line is None:
        raise NotFound
    return lines, line


async def limit_page(request: PortalRequest, filled: Filled[Any]) -> Response[bytes]:
    """`is_confirmed`: came back from entering the code for what stands in the form."""
    lines, line = await lines_and_chosen(request)
    seen = await limits.limit_of(line.id, clock.day_of(request.at))
    return page(
        request,
        "usage/limit.html",
        status=400 if filled.errors else 200,
        nav="usage",
        lines=lines,
        line=line,
        seen=seen,
        filled=filled,
        is_stale=seen.is_stale(request.at),
        is_confirmed=request.method == "GET" and bool(filled.typed) and is_proven(request),
    )


def path_of(line: LineSeen, **typed: str) -> str:
    return f"{PATH}?{urlencode({'line': str(line.id), **typed})}"


ROUTES = [LimitPages]
