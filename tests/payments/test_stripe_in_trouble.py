"""Stripe is away, slow or broken: the customer gets a clear page, and nothing is ever charged twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.payments import card
from portal.payments.reconciling import reconcile
from portal.payments.tables import AttemptState, PaymentAttempt
from portal.sandbox.stripe.pages import behave
from portal.sandbox.stripe.tables import KeptAnswer, Webhooks
from tests.payments.books import attempts, open_of, pay, payments, start
from tests.payments.stand_in import StandIn
from tests.people import Person, signed_in
from tests.visiting import Visitor
from tests.working import work_off


async def test_an_error_of_stripes_is_not_heard_again_under_a_new_key(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill()
    await behave(webhooks=Webhooks.NEVER, next_create_fails=True)

    page = await start(visit)
    assert page.response.headers["location"].startswith("/payments/")
    on = await visit.submit((await visit.get(page.response.headers["location"])).form, status=303, follow=False)

    await visit.get(await stripe.choose(on.response.headers["location"], "paid"))
    assert [attempt.state for attempt in await attempts()] == [AttemptState.FAILED, AttemptState.PAID]
    assert await open_of(bill) == 0


async def test_an_answer_that_was_lost_is_asked_for_again_and_makes_no_second_page(
    visit: Visitor, bojan: Person, stripe: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bojan.bill()
    await behave(webhooks=Webhooks.NEVER, delay_ms=1_000)
    with monkeypatch.context() as impatient:
        impatient.setattr(card, "WRITE_SECONDS", 0.3)
        page = await start(visit)
    assert "se še ni začelo" in (await visit.get(page.response.headers["location"])).text
    await behave(webhooks=Webhooks.NEVER)

    again = await start(visit)

    [session], [attempt] = await stripe.sessions(), await attempts()
    assert again.response.headers["location"].endswith(session.id)
    assert attempt.stripe_session == session.id


async def test_an_unanswered_wish_is_found_at_stripe_once_it_is_too_late_to_repeat(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    await bojan.bill()
    await start(visit)
    # What a process that died between Stripe's answer and ours leaves behind.
    await PaymentAttempt.update(
        {
            PaymentAttempt.state: AttemptState.CREATED,
            PaymentAttempt.stripe_session: None,
            PaymentAttempt.checkout_url: None,
        },
        force=True,
    )
    later = clock.now() + timedelta(minutes=40)

    with clock.stopped_at(later):
        await signed_in(visit, bojan, at=later)
        page = await start(visit)

    old, new = await stripe.sessions()
    assert old.status == "expired"
    assert page.response.headers["location"].endswith(new.id)
    assert [attempt.stripe_session for attempt in await attempts()] == [old.id, new.id]


async def test_a_wish_that_never_reached_stripe_ends_by_the_sweep(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    await bojan.bill()
    await stripe.down()
    await start(visit)
    await stripe.up()

    kept = await reconcile(at=clock.now() + timedelta(minutes=30))
    ended = await reconcile(at=clock.now() + timedelta(hours=25))

    assert (kept.seen, ended.ended) == (0, 1)
    assert not await stripe.sessions()


async def test_paid_by_a_page_whose_answer_was_lost_is_booked_when_stripe_tells(
    visit: Visitor, bojan: Person, stripe: StandIn
) -> None:
    bill = await bojan.bill()
    url = (await start(visit)).response.headers["location"]
    await PaymentAttempt.update(
        {
            PaymentAttempt.state: AttemptState.CREATED,
            PaymentAttempt.stripe_session: None,
            PaymentAttempt.checkout_url: None,
        },
        force=True,
    )
    await stripe.choose(url, "paid")
    await stripe.tell()

    await work_off()

    assert await open_of(bill) == 0
    assert len(await payments()) == 1


async def test_a_key_used_for_something_else_is_set_aside(visit: Visitor, bojan: Person, stripe: StandIn) -> None:
    """As when a customer's e-mail changes between two tries: Stripe refuses the key, a new attempt goes through."""
    await bojan.bill()
    await stripe.down()
    await start(visit)
    [attempt] = await attempts()
    await stripe.up()
    await KeptAnswer(
        key=str(attempt.id), request="of something else", status=200, body="{}", created_at=clock.now()
    ).save()

    page = await pay(visit, stripe)

    assert "Plačilo prejeto" in page.text
    assert [attempt.state for attempt in await attempts()] == [AttemptState.FAILED, AttemptState.PAID]


async def test_a_key_that_stripe_does_not_know_ends_on_a_clear_page(
    visit: Visitor, bojan: Person, stripe: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bojan.bill()
    monkeypatch.setattr(card.client()._requestor._options, "api_key", "sk_test_other")

    page = await start(visit)

    assert "Nič ni bilo zaračunano" in (await visit.get(page.response.headers["location"])).text
