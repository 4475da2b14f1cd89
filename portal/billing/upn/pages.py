"""The pictures of UPN QR codes, each at an address of its own: to look at (SVG), and to keep or to share (PNG)."""

from __future__ import annotations

import asyncio
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from portal import clock
from portal.billing.upn import orders as upn_orders
from portal.billing.upn import qr as upn_qr
from portal.billing.upn.order import UpnOrder
from portal.refusals import NotFound
from portal.web.files import download
from portal.web.guards import signed_in
from portal.web.requests import PortalRequest


@get("/upn/overdue", guards=[signed_in])
async def overdue_picture(request: PortalRequest) -> Response[bytes]:
    return await picture(await overdue_order(request))


@get("/upn/overdue/png", guards=[signed_in])
async def overdue_file(request: PortalRequest) -> Response[bytes]:
    return await file(await overdue_order(request))


@get("/upn/{bill_id:uuid}", guards=[signed_in])
async def bill_picture(request: PortalRequest, bill_id: FromPath[UUID]) -> Response[bytes]:
    return await picture(await bill_order(request, bill_id))


@get("/upn/{bill_id:uuid}/png", guards=[signed_in])
async def bill_file(request: PortalRequest, bill_id: FromPath[UUID]) -> Response[bytes]:
    return await file(await bill_order(request, bill_id))


async def overdue_order(request: PortalRequest) -> UpnOrder:
    return found(await upn_orders.of_overdue(request.viewer.account, clock.day_of(request.at), request.language))


async def bill_order(request: PortalRequest, bill_id: UUID) -> UpnOrder:
    return found(await upn_orders.of_bill(request.viewer.account, bill_id, request.language))


def found(order: UpnOrder | None) -> UpnOrder:
    if order is None:
        raise NotFound
    return order


async def picture(order: UpnOrder) -> Response[bytes]:
    """Drawn in a thread, because it takes longer than a page."""
    return Response(await asyncio.to_thread(upn_qr.svg, order.payload), media_type="image/svg+xml")


async def file(order: UpnOrder) -> Response[bytes]:
    return download(f"UPN QR {order.purpose}.png", "image/png", await asyncio.to_thread(upn_qr.png, order.payload))


ROUTES = [overdue_picture, overdue_file, bill_picture, bill_file]
