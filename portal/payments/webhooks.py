"""What Stripe tells us: verified, kept once, and followed by a job in the same transaction."""

from __future__ import annotations

from datetime import datetime

import structlog
from litestar import Response, post

from portal.database import transaction
from portal.jobs import ORDINARY, enqueue
from portal.payments.card import Forged, read_event
from portal.payments.checkout import Told
from portal.payments.tables import StripeEvent
from portal.web.guards import machine
from portal.web.requests import PortalRequest

log = structlog.get_logger()

JOBS = {
    "checkout.session.completed": ("payments.fulfil", "session", "id"),
    "checkout.session.async_payment_succeeded": ("payments.fulfil", "session", "id"),
    "checkout.session.async_payment_failed": ("payments.fulfil", "session", "id"),
    "checkout.session.expired": ("payments.fulfil", "session", "id"),
    "charge.refunded": ("payments.follow_refunds", "intent", "payment_intent"),
    "refund.updated": ("payments.follow_refunds", "intent", "payment_intent"),
    "refund.failed": ("payments.follow_refunds", "intent", "payment_intent"),
    "charge.dispute.created": ("payments.follow_dispute", "dispute", "id"),
    "charge.dispute.funds_withdrawn": ("payments.follow_dispute", "dispute", "id"),
    "charge.dispute.funds_reinstated": ("payments.follow_dispute", "dispute", "id"),
    "charge.dispute.closed": ("payments.follow_dispute", "dispute", "id"),
}
"""Kind of event → the job that follows, its argument, and where in the event's object that stands."""


@post("/webhooks/stripe", guards=[machine], status_code=200)
async def stripe_told(request: PortalRequest) -> Response[bytes]:
    try:
        told = read_event(await request.body(), request.headers.get("stripe-signature"), request.at)
    except Forged as forged:
        log.warning("forged webhook", reason=str(forged), address=request.address)
        return Response(b"", status_code=400, media_type="text/plain")
    await keep(told, request.at)
    return Response(b"", status_code=200, media_type="text/plain")


async def keep(told: Told, at: datetime) -> None:
    """Stripe tells a thing more than once; the event's id decides that it is followed once."""
    name, argument, key = JOBS.get(told.kind, (None, "", "id"))
    about = told.about.get(key)
    async with transaction():
        event = StripeEvent(id=told.id, kind=told.kind, object_id=str(about)[:255], received_at=at)
        new = await StripeEvent.insert(event).on_conflict(StripeEvent.id, "DO NOTHING").returning(StripeEvent.id)
        if new and name and isinstance(about, str):
            await enqueue(name, priority=ORDINARY, after=None, once=None, **{argument: about})
