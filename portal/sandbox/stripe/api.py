"""Stripe's API under `/sandbox/stripe/v1`, as far as the portal uses it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from piccolo.columns.combination import And
from stripe.params import DisputeRetrieveParams, PaymentIntentRetrieveParams, RefundCreateParams, RefundListParams
from stripe.params.checkout import SessionCreateParams, SessionExpireParams, SessionListParams, SessionRetrieveParams

from portal.sandbox.stripe import happening
from portal.sandbox.stripe.answering import Answer, BrokenDown, answered
from portal.sandbox.stripe.objects import dispute_object, intent_object, list_object, refund_object, session_object
from portal.sandbox.stripe.params import Invalid
from portal.sandbox.stripe.tables import Behaviour, CheckoutPage, Dispute, Refund, behaviour
from portal.web.guards import machine
from portal.web.requests import PortalRequest

BASE = "/sandbox/stripe/v1"
USUAL_LIMIT = 10


@post(f"{BASE}/checkout/sessions", guards=[machine], status_code=200)
async def create_session(request: PortalRequest) -> Answer:
    answer = await answered(request, SessionCreateParams, creating)
    await asyncio.sleep((await behaviour()).delay_ms / 1000)
    return answer


async def creating(asked: dict[str, Any], at: datetime) -> dict[str, Any]:
    if (await behaviour()).next_create_fails:
        await Behaviour.update({Behaviour.next_create_fails: False}, force=True)
        raise BrokenDown
    return session_object(await happening.make_page(asked, at))


@get(f"{BASE}/checkout/sessions", guards=[machine])
async def list_sessions(request: PortalRequest) -> Answer:
    return await answered(request, SessionListParams, listing)


async def listing(asked: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Newest first; `created[gte]`, `created[lte]`, `limit` and `starting_after` are honoured."""
    await happening.expire_what_is_over(at)
    limit = asked.get("limit", USUAL_LIMIT)
    found = (
        CheckoutPage.objects()
        .where(created_between(asked.get("created", {})))
        .order_by(CheckoutPage.created_at, CheckoutPage.id, ascending=False)
    )
    rows = await found
    ids = [page.id for page in rows]
    first = ids.index(asked["starting_after"]) + 1 if "starting_after" in asked else 0
    shown = rows[first : first + limit]
    return list_object([session_object(page) for page in shown], "/v1/checkout/sessions", len(rows) > first + limit)


def created_between(created: dict[str, int]) -> And:
    since = datetime.fromtimestamp(created.get("gte", 0), UTC)
    until = datetime.fromtimestamp(created.get("lte", 32_503_680_000), UTC)
    return (CheckoutPage.created_at >= since) & (CheckoutPage.created_at <= until)


@get(f"{BASE}/checkout/sessions/{{session_id:str}}", guards=[machine])
async def read_session(request: PortalRequest, session_id: FromPath[str]) -> Answer:
    async def reading(asked: dict[str, Any], at: datetime) -> dict[str, Any]:
        await happening.expire_what_is_over(at)
        return session_object(await page_of(session_id), asked.get("expand", ()))

    return await answered(request, SessionRetrieveParams, reading)


@post(f"{BASE}/checkout/sessions/{{session_id:str}}/expire", guards=[machine], status_code=200)
async def expire_session(request: PortalRequest, session_id: FromPath[str]) -> Answer:
    async def expiring(asked: dict[str, Any], at: datetime) -> dict[str, Any]:
        page = await happening.expire((await page_of(session_id)).id, at)
        if page is None:
            raise Invalid('Only Checkout Sessions with a status in ["open"] can be expired.')
        return session_object(page, asked.get("expand", ()))

    return await answered(request, SessionExpireParams, expiring)


@get(f"{BASE}/payment_intents/{{intent:str}}", guards=[machine])
async def read_intent(request: PortalRequest, intent: FromPath[str]) -> Answer:
    async def reading(_: dict[str, Any], __: datetime) -> dict[str, Any]:
        page = await CheckoutPage.objects().get(CheckoutPage.intent == intent)
        if page is None:
            raise Invalid(f"No such payment_intent: '{intent}'", "intent", "resource_missing", 404)
        return intent_object(page)

    return await answered(request, PaymentIntentRetrieveParams, reading)


@post(f"{BASE}/refunds", guards=[machine], status_code=200)
async def create_refund(request: PortalRequest) -> Answer:
    async def refunding(asked: dict[str, Any], at: datetime) -> dict[str, Any]:
        return refund_object(await happening.refund(asked.get("payment_intent", ""), asked.get("amount"), at))

    return await answered(request, RefundCreateParams, refunding)


@get(f"{BASE}/refunds", guards=[machine])
async def list_refunds(request: PortalRequest) -> Answer:
    async def reading(asked: dict[str, Any], _: datetime) -> dict[str, Any]:
        made = Refund.objects().order_by(Refund.created_at, ascending=False)
        rows = await (made.where(Refund.intent == asked["payment_intent"]) if "payment_intent" in asked else made)
        return list_object([refund_object(row) for row in rows], "/v1/refunds")

    return await answered(request, RefundListParams, reading)


@get(f"{BASE}/disputes/{{dispute_id:str}}", guards=[machine])
async def read_dispute(request: PortalRequest, dispute_id: FromPath[str]) -> Answer:
    async def reading(_: dict[str, Any], __: datetime) -> dict[str, Any]:
        found = await Dispute.objects().get(Dispute.id == dispute_id)
        if found is None:
            raise Invalid(f"No such dispute: '{dispute_id}'", "dispute", "resource_missing", 404)
        return dispute_object(found)

    return await answered(request, DisputeRetrieveParams, reading)


async def page_of(session_id: str) -> CheckoutPage:
    page = await CheckoutPage.objects().get(CheckoutPage.id == session_id)
    if page is None:
        raise Invalid(f"No such checkout.session: '{session_id}'", "session", "resource_missing", 404)
    return page


ROUTES = [
    create_session,
    list_sessions,
    read_session,
    expire_session,
    read_intent,
    create_refund,
    list_refunds,
    read_dispute,
]
