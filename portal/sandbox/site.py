"""All stand-ins together: behind the ports of a process, and as pages under `/sandbox`."""

from __future__ import annotations

from litestar import Response, get

from portal.messaging import gateways
from portal.network import port
from portal.sandbox import clock, gallery, mailbox, messages, network, offset, phone, shop, stripe
from portal.sandbox.network import pages as network_pages
from portal.sandbox.tables import prepare
from portal.sandbox.tsa import pages as tsa
from portal.web.guards import anyone
from portal.web.pages import page
from portal.web.requests import PortalRequest


async def connect() -> None:
    """Put the stand-ins behind this process's ports."""
    await prepare()
    await offset.follow()
    gateways.use_sms(phone.SandboxPhone(gives_receipts=True))
    gateways.use_mail(mailbox.SandboxMailbox())
    port.use(network.SandboxNetwork())


@get("/sandbox", guards=[anyone], sync_to_thread=False)
def index(request: PortalRequest) -> Response[bytes]:
    """What there is to play with."""
    return page(request, "sandbox/index.html")


ROUTES = [
    index,
    *clock.ROUTES,
    *gallery.ROUTES,
    *phone.ROUTES,
    *mailbox.ROUTES,
    *messages.ROUTES,
    *shop.ROUTES,
    *network_pages.ROUTES,
    *stripe.ROUTES,
    *tsa.ROUTES,
]
