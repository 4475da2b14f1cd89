"""Telling the portal what happened, signed as Stripe signs. A job does it: no page waits, no crash loses it."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import httpx
from stripe import WebhookSignature
from stripe._api_version import _ApiVersion

from portal.jobs import NotYet, enqueue
from portal.sandbox.stripe.tables import Event, Webhooks, behaviour
from portal.settings import settings

LATE = timedelta(seconds=20)
SECONDS = 10.0


async def tell(kind: str, about: dict[str, Any], at: datetime) -> None:
    """Note an event in the running transaction and, as the stand-in behaves, have it sent."""
    name = f"evt_{secrets.token_hex(12)}"
    body = {
        "id": name,
        "object": "event",
        "api_version": _ApiVersion.CURRENT,
        "created": int(at.timestamp()),
        "data": {"object": about},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    event = Event(id=name, kind=kind, body=json.dumps(body), created_at=at)
    await event.save()
    await send_later(event, Webhooks((await behaviour()).webhooks))


async def send_later(event: Event, webhooks: Webhooks) -> None:
    times = {Webhooks.NEVER: 0, Webhooks.DOUBLED: 2}.get(webhooks, 1)
    after = LATE if webhooks == Webhooks.DELAYED else None
    for _ in range(times):
        await enqueue("sandbox.send_stripe_event", after=after, event=event.id)


async def send(event_id: str, at: datetime) -> None:
    """One delivery. Anything but 2xx is tried again later, as Stripe does."""
    event = await Event.objects().get(Event.id == event_id)
    if event is None:
        return
    try:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            answer = await client.post(
                settings().link("/webhooks/stripe"), content=event.body, headers=signed(event.body, at)
            )
    except httpx.HTTPError as error:
        raise NotYet(f"the portal does not answer: {type(error).__name__}") from error
    if not answer.is_success:
        raise NotYet(f"the portal answered {answer.status_code}")
    await Event.update({Event.told: Event.told + 1}).where(Event.id == event_id)


def signed(body: str, at: datetime) -> dict[str, str]:
    """The headers of a delivery."""
    secret = settings().stripe_webhook_secret
    signature = WebhookSignature.generate_signature_header(
        body, secret.get_secret_value() if secret else "", int(at.timestamp())
    )
    return {"content-type": "application/json; charset=utf-8", "stripe-signature": signature}
