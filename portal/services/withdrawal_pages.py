"""Withdrawing from a purchase: first what is owed, then the one button that does it.

Source: Directive 2011/83/EU, article 11a, by Directive (EU) 2023/2673: who withdraws, from what and where it is
confirmed stand on the page, because we know them.
"""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from portal import clock
from portal.network.lines import LineSeen
from portal.refusals import Refusal
from portal.services import switching
from portal.services.pages import fresh_standing, line_seen
from portal.services.refusals import NotToBeWithdrawn
from portal.services.switch_pages import PATH, page_path, service_page
from portal.services.switching import switch_of
from portal.web.forms import Form, fill
from portal.web.guards import signed_in
from portal.web.pages import page, see_other
from portal.web.requests import PortalRequest


class WithdrawalPages(Controller):
    path = f"{PATH}/switches/{{switch_id:uuid}}/withdrawal"
    guards = (signed_in,)

    @get()
    async def show(
        self, request: PortalRequest, line_id: FromPath[UUID], code: FromPath[str], switch_id: FromPath[UUID]
    ) -> Response[bytes]:
        line = await line_seen(request, line_id)
        return await withdrawal_page(request, line, code, switch_id)

    @post()
    async def withdraw(
        self, request: PortalRequest, line_id: FromPath[UUID], code: FromPath[str], switch_id: FromPath[UUID]
    ) -> Response[bytes]:
        """Who presses twice is told the same twice."""
        line = await line_seen(request, line_id)
        await fill(request, Form)
        if (await switch_of(line, switch_id)).withdrawn_at is None:
            try:
                await switching.withdraw(line, switch_id, login=request.viewer.login_id, at=request.at)
            except Refusal as refusal:
                return await service_page(request, line, code, refusal=refusal)
        return see_other(request, page_path(line, code, "withdrawn"))


async def withdrawal_page(request: PortalRequest, line: LineSeen, code: str, switch: UUID) -> Response[bytes]:
    await switch_of(line, switch)
    standing = await fresh_standing(line, request)
    bought = standing.of(code).bought
    if bought is None or bought.id != switch:
        return await service_page(request, line, code, refusal=NotToBeWithdrawn())
    return page(
        request,
        "services/withdrawal.html",
        nav="services",
        line=line,
        bought=bought,
        owed=bought.owed(clock.day_of(request.at)),
        here=page_path(line, code),
    )


ROUTES = [WithdrawalPages]
