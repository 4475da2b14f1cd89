"""What Stripe tells may come early, late, twice, in any order or never; and it may come from somebody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import httpx
import pytest
from stripe import WebhookSignature

from portal import clock
from portal.payments.reconciling import reconcile
from portal.payments.tables import AttemptState, StripeEvent
from portal.sandbox.stripe import happening
from tests.payments.books import attempts, books_balance, open_of, payments, start
from tests.payments.stand_in import StandIn
from tests.people import Person
from tests.visiting import ORIGIN, Visitor, portal_app
from tests.working import waiting, work_off

EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "invoice.paid",
    "data": {"object": {"id": "in_1", "object": "invoice"}},
}


async def told(body: bytes, signature: str | None) -> int:
    headers = {"stripe-signature": signature} if signature is not None else {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(portal_app()), base_url=ORIGIN) as client:
        return (await client.post("/webhooks/stripe", content=body, headers=headers)).status_code


def sign(body: str, secret: str = "whsec_moj", ago: timedelta = timedelta()) -> str:
    return str(WebhookSignature.generate_signature_header(body, secret, int((clock.now() - ago).timestamp())))


async def test_the_webhook_books_before_the_customer_is_back(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill()
    back = await stripe.choose((await start(visit)).response.headers["location"], "paid")

    assert await stripe.tell() == [200]
    await work_off()

    assert await open_of(bill) == 0
    assert "Plačilo prejeto. Hvala." in (await visit.get(back)).text
    assert len(await payments()) == 1


async def test_the_webhook_only_notes_and_answers(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    await stripe.choose((await start(visit)).response.headers["location"], "paid")

    await stripe.tell()

    assert not await payments()
    assert await waiting() == ["payments.fulfil"]


async def test_ten_times_at_once_is_once(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    await stripe.choose((await start(visit)).response.headers["location"], "paid")

    assert await stripe.tell(times=10) == [200] * 10
    assert await waiting() == ["payments.fulfil"]
    await work_off()

    assert len(await payments()) == 1
    assert await books_balance()


async def test_told_in_reverse_order_it_ends_the_same(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill()
    await stripe.choose((await start(visit)).response.headers["location"], "debit")
    [session] = await stripe.sessions()
    await happening.debit_succeeds(session.id, clock.now())

    assert await stripe.tell(reverse=True) == [200, 200]
    await work_off()

    assert await open_of(bill) == 0
    assert [attempt.state for attempt in await attempts()] == [AttemptState.PAID]
    assert len(await payments()) == 1


async def test_never_told_and_nobody_back_the_sweep_books(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill()
    await stripe.choose((await start(visit)).response.headers["location"], "paid")

    early = await reconcile(at=clock.now() + timedelta(minutes=5))
    result = await reconcile(at=clock.now() + timedelta(minutes=15))

    assert early.seen == 0
    assert (result.seen, result.paid) == (1, 1)
    assert await open_of(bill) == 0


async def test_a_sweep_while_stripe_is_away_says_so(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    await start(visit)
    await stripe.down()

    result = await reconcile(at=clock.now() + timedelta(minutes=15))

    assert (result.seen, result.is_away) == (1, True)


async def test_a_webhook_job_waits_while_stripe_is_away(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    bill = await bojan.bill()
    await stripe.choose((await start(visit)).response.headers["location"], "paid")
    await stripe.tell()
    await stripe.down()
    await work_off()
    assert await waiting() == ["payments.fulfil"]

    await stripe.up()
    await work_off(later=True)

    assert await open_of(bill) == 0


async def test_an_event_of_no_interest_is_taken_and_left(database: str) -> None:
    body = json.dumps(EVENT)

    assert await told(body.encode(), sign(body)) == 200
    assert await told(body.encode(), sign(body)) == 200

    assert await StripeEvent.count() == 1
    assert not await waiting()


WELL = json.dumps(EVENT)


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (WELL.encode(), lambda: None),
        (WELL.encode(), lambda: ""),
        (WELL.encode(), lambda: "nonsense"),
        (WELL.encode(), lambda: "t=,v1="),
        (WELL.encode(), lambda: "t=1,v1=00"),
        (WELL.encode(), partial(sign, WELL, "whsec_other")),
        (WELL.encode(), partial(sign, WELL, ago=timedelta(minutes=6))),
        (WELL.encode(), partial(sign, WELL, ago=-timedelta(minutes=6))),
        (WELL.encode() + b" ", partial(sign, WELL)),
        (b"\xff\xfe", partial(sign, "x")),
        (b"", partial(sign, "")),
        *(
            (text.encode(), partial(sign, text))
            for text in ("null", "[]", "1", '"x"', "{}", '{"object":"event"}', "{", '{"id":1}')
        ),
        *(
            (text.encode(), partial(sign, text))
            for text in (
                json.dumps(EVENT | {"data": None}),
                json.dumps(EVENT | {"data": {"object": "x"}}),
                json.dumps(EVENT | {"id": None}),
                json.dumps(EVENT | {"id": "evt_" + "1" * 300}),
                json.dumps(EVENT | {"object": "v2.core.event"}),
            )
        ),
    ],
)
async def test_forged_stale_future_and_malformed_events_are_refused(
    database: str, body: bytes, signature: Callable[[], str | None]
) -> None:
    assert await told(body, signature()) == 400

    assert not await StripeEvent.exists()


async def test_a_session_that_is_not_ours_is_left_alone(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    await bojan.bill()
    await start(visit)
    [attempt] = await attempts()
    foreign = EVENT | {
        "type": "checkout.session.completed",
        "data": {"object": {"id": "cs_other", "object": "checkout.session"}},
    }
    body = json.dumps(foreign)

    assert await told(body.encode(), sign(body)) == 200

    [attempt] = await attempts()
    assert attempt.state == AttemptState.OPEN


async def test_back_from_stripe_while_it_is_away_the_page_checks_and_says_not_to_pay_again(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill()
    back = await stripe.choose((await start(visit)).response.headers["location"], "paid")
    await stripe.down()

    page = await visit.get(back)

    assert "Preverjamo vaše plačilo" in page.text
    assert "ne plačujte še enkrat" in page.text
    again = page.one("#progress").get("hx-get") or ""
    await stripe.up()
    await work_off(later=True)
    assert "Plačilo prejeto. Hvala." in (await visit.get(again)).text
    assert await open_of(bill) == 0


async def test_paid_and_told_everywhere_at_once_it_is_booked_once(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill()
    back = await stripe.choose((await start(visit)).response.headers["location"], "paid")
    await stripe.tell()

    await asyncio.gather(
        *(visit.get(back) for _ in range(4)), work_off(), reconcile(at=clock.now() + timedelta(minutes=15))
    )

    assert len(await payments()) == 1
    assert await open_of(bill) == 0
    assert await books_balance()
