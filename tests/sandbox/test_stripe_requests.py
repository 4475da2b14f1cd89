"""The stand-in refuses what Stripe refuses: a mistake in a request shows here and not in production."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from stripe._api_version import _ApiVersion
from stripe._encode import _api_encode

from portal import clock
from portal.sandbox.stripe import happening
from portal.sandbox.stripe.tables import CheckoutPage
from portal.sandbox.tables import prepare
from tests.payments.stand_in import StandIn

HEADERS = {
    "authorization": "Bearer sk_test_moj",
    "stripe-version": _ApiVersion.CURRENT,
    "content-type": "application/x-www-form-urlencoded",
}
SESSIONS = "/sandbox/stripe/v1/checkout/sessions"


def wanted(**other: Any) -> dict[str, Any]:
    price = {"currency": "eur", "unit_amount": 1_000, "product_data": {"name": "Račun"}}
    return {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "success_url": "https://moj.test/",
        "client_reference_id": "x",
    } | other


class Caller:
    """Calls the stand-in's API as the client does."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def create(
        self, key: str | None = None, headers: dict[str, str] | None = None, **other: Any
    ) -> httpx.Response:
        body = httpx.QueryParams([(name, str(value)) for name, value in _api_encode(wanted(**other))])
        sent = HEADERS | {"idempotency-key": key or str(uuid.uuid4())} | (headers or {})
        return await self.client.post(SESSIONS, content=str(body), headers=sent)

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path, headers=HEADERS)


@pytest_asyncio.fixture
async def caller(migrated: str, database: str) -> AsyncIterator[Caller]:
    await prepare()
    app: Any = StandIn().app
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://moj.test") as client:
        yield Caller(client)


async def test_what_stripe_takes_is_taken(caller: Caller) -> None:
    answer = await caller.create(
        locale="sl",
        metadata={"attempt": "1"},
        adaptive_pricing={"enabled": False},
        allowed_payment_method_types=["card"],
    )

    session = answer.json()
    assert answer.status_code == 200
    assert (session["object"], session["status"], session["payment_status"]) == ("checkout.session", "open", "unpaid")
    assert session["amount_total"] == 1_000
    assert session["url"].endswith(f"/sandbox/stripe/pay/{session['id']}")


@pytest.mark.parametrize(
    ("other", "param"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"adaptive_pricing": {"enable": False}}, "adaptive_pricing[enable]"),
        ({"adaptive_pricing": "no"}, "adaptive_pricing"),
        ({"adaptive_pricing": {"enabled": "no"}}, "adaptive_pricing[enabled]"),
        ({"api_key": "sk"}, "api_key"),
        ({"locale": "xx"}, "locale"),
        ({"ui_mode": "hosted"}, "ui_mode"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"metadata": {"k" * 41: "v"}}, f"metadata[{'k' * 41}]"),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]"),
        ({"line_items": [{"price_data": {"unit_amount": 100}, "quantity": 1}]}, "line_items[0][price_data][currency]"),
        ({"line_items": "all"}, "line_items"),
        ({"line_items": []}, "line_items"),
        ({"success_url": ""}, "success_url"),
        ({"payment_intent_data": {"metadata": {"a": "b"}, "amount": 1}}, "payment_intent_data[amount]"),
    ],
)
async def test_what_the_client_does_not_name_is_refused(caller: Caller, other: dict[str, Any], param: str) -> None:
    answer = await caller.create(**other)

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert answer.json()["error"]["param"] == param
    assert not await CheckoutPage.exists()


@pytest.mark.parametrize(("minutes", "status"), [(29, 400), (31, 200), (23 * 60, 200), (25 * 60, 400)])
async def test_a_page_lives_between_half_an_hour_and_a_day(caller: Caller, minutes: int, status: int) -> None:
    end = int((clock.now() + timedelta(minutes=minutes)).timestamp())

    assert (await caller.create(expires_at=end)).status_code == status


@pytest.mark.parametrize(("cents", "status"), [(49, 400), (50, 200), (100_000_000, 400)])
async def test_the_smallest_and_the_largest_amount(caller: Caller, cents: int, status: int) -> None:
    price = {"currency": "eur", "unit_amount": cents, "product_data": {"name": "Račun"}}

    assert (await caller.create(line_items=[{"price_data": price, "quantity": 1}])).status_code == status


@pytest.mark.parametrize("header", [{"authorization": "Bearer sk_test_other"}, {"stripe-version": "2020-08-27"}])
async def test_a_wrong_key_or_version_is_refused(caller: Caller, header: dict[str, str]) -> None:
    answer = await caller.create(headers=header)

    assert answer.status_code in (400, 401)


async def test_the_same_request_under_a_key_is_answered_the_same(caller: Caller) -> None:
    first, second = await caller.create("one"), await caller.create("one")

    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert await CheckoutPage.count() == 1


async def test_another_request_under_a_key_is_refused(caller: Caller) -> None:
    await caller.create("one")

    answer = await caller.create("one", locale="en")

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "idempotency_error")


async def test_a_key_is_forgotten_after_a_day(caller: Caller) -> None:
    await caller.create("one")

    with clock.stopped_at(clock.now() + timedelta(hours=25)):
        answer = await caller.create("one")

    assert "idempotent-replayed" not in answer.headers
    assert await CheckoutPage.count() == 2


async def test_a_refused_request_is_not_kept_under_its_key(caller: Caller) -> None:
    await caller.create("one", locale="xx")

    assert (await caller.create("one")).status_code == 200


async def test_what_does_not_exist_is_missing(caller: Caller) -> None:
    answer = await caller.get(f"{SESSIONS}/cs_none")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "resource_missing")


async def test_sessions_are_listed_newest_first_by_pages(caller: Caller) -> None:
    made = [(await caller.create()).json()["id"] for _ in range(3)]

    first = (await caller.get(f"{SESSIONS}?limit=2")).json()
    rest = (await caller.get(f"{SESSIONS}?limit=2&starting_after={first['data'][-1]['id']}")).json()

    assert [row["id"] for row in first["data"] + rest["data"]] == made[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)


async def test_a_paid_session_shows_its_intent_when_asked(caller: Caller) -> None:
    session = (await caller.create()).json()["id"]
    await happening.pay(session, clock.now())

    plain = (await caller.get(f"{SESSIONS}/{session}")).json()
    expanded = (await caller.get(f"{SESSIONS}/{session}?expand[0]=payment_intent.latest_charge")).json()

    assert plain["payment_intent"] == expanded["payment_intent"]["id"]
    assert expanded["payment_intent"]["latest_charge"]["payment_method_details"]["card"]["last4"] == "4242"
    assert json.dumps(plain)
