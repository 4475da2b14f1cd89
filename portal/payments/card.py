"""Stripe, and the only module that speaks to it: hosted Checkout, refunds, disputes and the events it tells us."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import stripe
import structlog
from stripe.params.checkout import (
    SessionCreateParams,
    SessionCreateParamsLineItem,
    SessionCreateParamsLineItemPriceData,
    SessionListParams,
)

from portal.jobs import NotYet
from portal.payments.checkout import (
    CURRENCY,
    CheckoutSession,
    Disputed,
    Item,
    Order,
    Refunded,
    Told,
    read_dispute,
    read_refund,
    read_session,
    read_told,
)
from portal.refusals import N_, Refusal
from portal.settings import settings

log = structlog.get_logger()

MOST_LINES = 20
TRY_SECONDS = 10.0
RETRIES = 2
WRITE_SECONDS = 15.0
READ_SECONDS = 6.0
SIGNED_WITHIN = timedelta(minutes=5)
PAID_HOW = ["payment_intent.latest_charge"]
EMAIL = re.compile(r"\A[\w+-]+(\.[\w+-]+)*@([a-z\d]([a-z\d-]*[a-z\d])?\.)+[a-z]{2,24}\Z", re.ASCII | re.IGNORECASE)
"""The plainest addresses: one that Stripe does not take would cost the customer the payment page, not only a field."""


class CardAway(Refusal, NotYet):
    """Stripe cannot be reached, is too slow or is out of order: whether it acted is unknown.

    A no to the customer of this moment; a job tries again.
    """

    status = 503
    message = N_("Card payments are not reachable for a moment. Please try again in a minute.")


class CardRefused(Exception):
    """Stripe will not do this however often it is asked."""


class Forged(Exception):
    """No event of Stripe's: a wrong signature, a wrong time or nonsense."""


async def open_session(order: Order) -> CheckoutSession:
    call = client().v1.checkout.sessions.create_async(session_params(order), {"idempotency_key": str(order.attempt)})
    return read_session(await asked(call, WRITE_SECONDS))


async def session(session_id: str) -> CheckoutSession:
    call = client().v1.checkout.sessions.retrieve_async(session_id, {"expand": PAID_HOW})
    return read_session(await asked(call, READ_SECONDS))


async def expire_session(session_id: str) -> CheckoutSession:
    """From now on nobody can pay it. CardRefused: it is paid, or expired already."""
    call = client().v1.checkout.sessions.expire_async(session_id, {"expand": PAID_HOW})
    return read_session(await asked(call, WRITE_SECONDS))


async def find_session(attempt: UUID, since: datetime, until: datetime) -> CheckoutSession | None:
    """The session made for an attempt whose answer never reached us."""
    wanted: SessionListParams = {
        "created": {"gte": int(since.timestamp()), "lte": int(until.timestamp())},
        "limit": 100,
    }
    while True:
        listed = await asked(client().v1.checkout.sessions.list_async(wanted), READ_SECONDS)
        for found in listed["data"]:
            if found["client_reference_id"] == str(attempt):
                return await session(found["id"])
        if not listed["has_more"]:
            return None
        wanted["starting_after"] = listed["data"][-1]["id"]


async def attempt_of_intent(intent: str) -> str | None:
    """The attempt that our payment page wrote on a payment intent; None: it is not ours."""
    found = await asked(client().v1.payment_intents.retrieve_async(intent), READ_SECONDS)
    return (found["metadata"] or {}).get("attempt")


async def refunds_of(intent: str) -> list[Refunded]:
    listed = await asked(client().v1.refunds.list_async({"payment_intent": intent, "limit": 100}), READ_SECONDS)
    return [read_refund(refund) for refund in listed["data"]]


async def dispute(dispute_id: str) -> Disputed:
    return read_dispute(await asked(client().v1.disputes.retrieve_async(dispute_id), READ_SECONDS))


def read_event(body: bytes, signature: str | None, at: datetime) -> Told:
    """Whatever is wrong with it is Forged. Stripe's own check takes a time in the future; ours does not."""
    secret = settings().stripe_webhook_secret
    try:
        event = client().construct_event(body, signature, secret.get_secret_value() if secret else None, tolerance=0)
        signed_at = int(re.findall(r"(?:^|,)t=(\d{1,12})(?:,|$)", signature or "")[0])
        told = read_told(event.to_dict())
    except Exception as wrong:  # noqa: BLE001 - the library raises whatever it stumbles over
        raise Forged(type(wrong).__name__) from None
    if abs(at.timestamp() - signed_at) > SIGNED_WITHIN.total_seconds():
        raise Forged("signed at another time")
    return told


async def asked(call: Awaitable[stripe.StripeObject], seconds: float) -> dict[str, Any]:
    try:
        async with asyncio.timeout(seconds):
            answer = await call
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as no:
        log.warning("stripe refused", error=str(no), code=no.code)
        raise CardRefused(no.code) from None
    except (stripe.StripeError, TimeoutError) as error:
        log.warning("stripe away", error=type(error).__name__, cause=repr(error.__cause__))
        if is_replayed(error):
            raise CardRefused("replayed") from None
        raise CardAway from None
    return answer.to_dict()


def is_replayed(error: Exception) -> bool:
    """Stripe keeps an answer under its key for 24 hours, a failure too: this key will never hear another."""
    headers = getattr(error, "headers", None) or {}
    return str(headers.get("idempotent-replayed", "")).lower() == "true"


def session_params(order: Order) -> SessionCreateParams:
    mark = {"attempt": str(order.attempt)}
    params: SessionCreateParams = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "locale": order.language,
        "adaptive_pricing": {"enabled": False},
        "line_items": [line_item(item) for item in order.items],
        "client_reference_id": str(order.attempt),
        "metadata": mark,
        "payment_intent_data": {"metadata": mark},
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "expires_at": int(order.expires_at.timestamp()),
    }
    if order.email and EMAIL.match(order.email):
        params["customer_email"] = order.email
    return params


def line_item(item: Item) -> SessionCreateParamsLineItem:
    price: SessionCreateParamsLineItemPriceData = {
        "currency": CURRENCY,
        "unit_amount": item.amount.cents,
        "product_data": {"name": item.name},
    }
    return {"price_data": price, "quantity": 1}


@lru_cache(maxsize=1)
def client() -> stripe.StripeClient:
    """One client a process, with limits on every wait: the library's own are 80 seconds and no retry."""
    key = settings().stripe_api_key
    return stripe.StripeClient(
        key.get_secret_value() if key else "",
        base_addresses={"api": settings().stripe_api_base},
        http_client=connections(),
        max_network_retries=RETRIES,
    )


@lru_cache(maxsize=1)
def connections() -> stripe.HTTPXClient:
    return stripe.HTTPXClient(timeout=TRY_SECONDS)
