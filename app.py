"""Assembles settings, plugins and controllers; nothing else."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from litestar import Litestar

from portal import clock, logs
from portal.billing.pages import BillPages
from portal.billing.upn import pages as upn_pages
from portal.database import open_database
from portal.dunning.deferrals import pages as deferral_pages
from portal.dunning.deferrals import voice
from portal.dunning.proofs import pages as proof_pages
from portal.dunning.view import pages as timeline_pages
from portal.dunning.working_days import is_working_day
from portal.home import pages as home
from portal.identity import account, contact_pages, language, password_pages, proving
from portal.identity import pages as sign_in
from portal.identity.denials import note_denial
from portal.identity.registering import pages as registering
from portal.identity.viewers import find_viewer
from portal.logs import RequestLog
from portal.messaging import connecting, kannel, metrics  # noqa: F401 - what they observe is read at /metrics
from portal.messaging import pages as messages
from portal.network import connecting as network
from portal.network import unsettled  # noqa: F401 - what it observes is read at /metrics
from portal.payments import choosing_pages, credit_pages, history_pages
from portal.payments import pages as payments
from portal.payments.bank import waiting  # noqa: F401 - what it observes is read at /metrics
from portal.payments.guests import pages as guests
from portal.payments.webhooks import stripe_told
from portal.services import documents as service_documents
from portal.services import pages as services
from portal.services import switch_pages, withdrawal_pages
from portal.settings import ROOT, settings
from portal.signing import deciding_pages, declining_pages, door_pages, reading_pages
from portal.signing import pages as documents
from portal.signing.envelopes.switch_documents import SwitchDocuments
from portal.signing.orders import pages as orders
from portal.signing.orders import waiting as waiting_orders  # noqa: F401 - as above
from portal.signing.pki import pages as certificates
from portal.signing.verifying import pages as verifying
from portal.usage import item_pages as usage_items
from portal.usage import limit_pages
from portal.usage import pages as usage
from portal.web import errors, site
from portal.web.metrics import Measured
from portal.web.protection import Protection
from portal.web.requests import PortalRequest
from portal.web.templating import load_all

if TYPE_CHECKING:
    from litestar.types import ASGIApp

LARGEST_BODY = 64 * 1024


def create_app() -> ASGIApp:
    """The whole portal as one ASGI application, ready for granian."""
    import_every_keyword()
    portal = Litestar(
        route_handlers=[
            *site.ROUTES,
            *sign_in.ROUTES,
            *proving.ROUTES,
            *account.ROUTES,
            *contact_pages.ROUTES,
            *password_pages.ROUTES,
            *registering.ROUTES,
            *language.ROUTES,
            *messages.ROUTES,
            *home.ROUTES,
            *timeline_pages.ROUTES,
            BillPages,
            *upn_pages.ROUTES,
            *deferral_pages.ROUTES,
            *proof_pages.ROUTES,
            *voice.ROUTES,
            *payments.ROUTES,
            *choosing_pages.ROUTES,
            *history_pages.ROUTES,
            *credit_pages.ROUTES,
            *guests.ROUTES,
            *usage.ROUTES,
            *usage_items.ROUTES,
            *limit_pages.ROUTES,
            *services.ROUTES,
            *switch_pages.ROUTES,
            *withdrawal_pages.ROUTES,
            stripe_told,
            *kannel.ROUTES,
            *orders.ROUTES,
            *certificates.ROUTES,
            *door_pages.ROUTES,
            *documents.ROUTES,
            *reading_pages.ROUTES,
            *deciding_pages.ROUTES,
            *declining_pages.ROUTES,
            *verifying.ROUTES,
            *sandbox_routes(),
        ],
        request_class=PortalRequest,
        lifespan=[database],
        exception_handlers={**errors.HANDLERS, **account.HANDLERS, **proving.HANDLERS},
        after_exception=[note_denial],
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    portal.state.find_viewer = find_viewer
    return RequestLog(Protection(Measured(portal), settings()), readable=settings().portal_sandbox)


@asynccontextmanager
async def database(_: Any) -> AsyncIterator[None]:
    logs.configure(readable=settings().portal_sandbox)
    url = settings().database_url
    async with open_database(url.get_secret_value() if url else None, settings().database_pool_size):
        await connect_world()
        loading = asyncio.create_task(asyncio.to_thread(load_ahead))  # takes a second; pages are served already
        yield
        await loading


def load_ahead() -> None:
    """What the first page of its kind would wait for: templates, and the calendar of days off."""
    load_all()
    is_working_day(clock.today())


async def connect_world() -> None:
    """Give this process the world outside. The sandbox brings stand-ins, which give way to gateways of the
    environment; a port with nothing behind it says so when it is used.
    """
    if settings().portal_sandbox:
        from portal.sandbox import site as sandbox  # here, because production has no use for it

        await sandbox.connect()
    connecting.connect()
    network.connect()
    if settings().signing_keys_dir is not None:  # without, services say to call us before anybody asks in vain
        service_documents.use(SwitchDocuments())


def import_every_keyword() -> None:
    """Each domain names in its `keywords.py` what customers can ask it by SMS."""
    for domain in sorted(path.parent.name for path in (ROOT / "portal").glob("*/keywords.py")):
        importlib.import_module(f"portal.{domain}.keywords")


def sandbox_routes() -> Sequence[Any]:
    if not settings().portal_sandbox:
        return ()
    from portal.sandbox.site import ROUTES  # as above

    return ROUTES
