"""How Stripe answers any request: who asks, with what, whether it was asked before, and errors as it words them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from litestar import Response
from stripe._api_version import _ApiVersion

from portal.database import transaction
from portal.sandbox.stripe import params
from portal.sandbox.stripe.params import Invalid
from portal.sandbox.stripe.tables import KeptAnswer
from portal.settings import settings
from portal.web.requests import PortalRequest

KEPT = timedelta(hours=24)
BROKEN = {"error": {"type": "api_error", "message": "Something went wrong on Stripe's end."}}
OTHER_REQUEST = {
    "error": {
        "type": "idempotency_error",
        "message": "Keys for idempotent requests can only be used with the parameters they were first used with.",
    }
}

Answer = Response[bytes]
Act = Callable[[dict[str, Any], datetime], Awaitable[dict[str, Any]]]


class BrokenDown(Exception):
    """Stripe's own fault: 500, kept under the idempotency key like any answer."""


async def answered(request: PortalRequest, shape: type, act: Act) -> Answer:
    """The answer to a request whose parameters are those of `shape`, a TypedDict of the client."""
    try:
        check_caller(request)
        if request.method == "GET":
            query = request.scope["query_string"].decode()
            return in_json(200, json.dumps(await act(params.read(query, shape), request.at)))
        return await answered_once(request, shape, act)
    except Invalid as no:
        return in_json(no.status, json.dumps({"error": no.error}))


async def answered_once(request: PortalRequest, shape: type, act: Act) -> Answer:
    """The same request under the same key is done once and answered the same for 24 hours."""
    encoded = (await request.body()).decode()
    asked = params.read(encoded, shape)
    key = request.headers.get("idempotency-key", "")
    print_of_request = hashlib.sha256(f"{request.url.path}?{encoded}".encode()).hexdigest()
    async with transaction():
        await KeptAnswer.delete().where(KeptAnswer.key == key, KeptAnswer.created_at <= request.at - KEPT)
        empty = KeptAnswer(key=key, request=print_of_request, status=0, body="", created_at=request.at)
        # Whoever comes second under a key waits here for the first.
        if await KeptAnswer.insert(empty).on_conflict(KeptAnswer.key, "DO NOTHING").returning(KeptAnswer.key):
            return await first_answer(empty, act, asked, request.at)
    return await answered_before(key, print_of_request)


async def first_answer(kept: KeptAnswer, act: Act, asked: dict[str, Any], at: datetime) -> Answer:
    try:
        status, body = 200, json.dumps(await act(asked, at))
    except BrokenDown:
        status, body = 500, json.dumps(BROKEN)
    await KeptAnswer.update({KeptAnswer.status: status, KeptAnswer.body: body}).where(KeptAnswer.key == kept.key)
    return in_json(status, body)


async def answered_before(key: str, print_of_request: str) -> Answer:
    kept = await KeptAnswer.objects().get(KeptAnswer.key == key)
    if kept is None or kept.request != print_of_request:
        return in_json(400, json.dumps(OTHER_REQUEST))
    return in_json(kept.status, kept.body, {"idempotent-replayed": "true"})


def check_caller(request: PortalRequest) -> None:
    key = settings().stripe_api_key
    if key is None or request.headers.get("authorization") != f"Bearer {key.get_secret_value()}":
        raise Invalid("Invalid API Key provided", status=401)
    if request.headers.get("stripe-version") != _ApiVersion.CURRENT:
        raise Invalid(f"This stand-in speaks {_ApiVersion.CURRENT} only")


def in_json(status: int, body: str, headers: dict[str, str] | None = None) -> Answer:
    extra = {"stripe-should-retry": "false"} if status >= 500 else {}
    return Response(
        body.encode(), status_code=status, media_type="application/json", headers={**extra, **(headers or {})}
    )
