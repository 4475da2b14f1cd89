"""The bills of an account, and one of them."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from portal.billing.calls import reading as calls
from portal.billing.calls.page import calls_page, wanted_of
from portal.billing.documents import document_of
from portal.billing.listing import page as list_page
from portal.refusals import NotFound
from portal.web.guards import signed_in
from portal.web.requests import PortalRequest


class BillPages(Controller):
    path = "/bills"
    guards = (signed_in,)

    @get()
    async def bills(self, request: PortalRequest) -> Response[bytes]:
        return await list_page.bills(request)

    @get("/{document:str}")
    async def bill(self, request: PortalRequest, document: FromPath[str]) -> Response[bytes] | Stream:
        """The page of a bill, `<id>`, and what can be kept: `<id>.pdf`, `<id>.csv`, `<year>.zip`."""
        return await document_of(request, document)

    @get("/{bill_id:uuid}/calls")
    async def itemised(self, request: PortalRequest, bill_id: FromPath[UUID]) -> Response[bytes]:
        found = await calls.itemised(request.viewer.account, bill_id)
        if found is None:
            raise NotFound
        wanted = wanted_of(request.query_params)
        return calls_page(request, found, wanted, await calls.calls_of(found.bill, wanted))
