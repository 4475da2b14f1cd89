"""The server is killed in the worst moments. What the customer does next goes well, and is charged once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from portal.sandbox.stripe.pages import behave
from portal.sandbox.stripe.tables import Webhooks
from tests.faults.customer import Customer, no_connection_is_lost, stripe_and_books_agree
from tests.faults.estate import Estate, until
from tests.payments.stand_in import StandIn

ABojan = Callable[[], Awaitable[Customer]]


@asynccontextmanager
async def account_locked(customer: Customer) -> AsyncIterator[None]:
    """Whoever wants to begin or book a payment waits here."""
    async with customer.estate.books() as books, books.transaction():
        await books.execute(
            "SELECT FROM accounts a JOIN customers c ON c.id = a.customer WHERE contact_number = $1 FOR UPDATE OF a",
            customer.number,
        )
        yield


async def somebody_waits(estate: Estate) -> bool:
    return bool(await estate.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))


async def lost(doing: asyncio.Task[object]) -> None:
    """The customer sees that the connection broke."""
    with pytest.raises(httpx.TransportError):
        await doing


async def pays(customer: Customer) -> None:
    page = await customer.come_back(await customer.pay_at_stripe(await customer.press_pay()))
    assert "Plačilo prejeto" in page.text


async def test_before_the_wish_to_pay_is_kept(estate: Estate, stripe: StandIn, a_bojan: ABojan) -> None:
    await estate.serve()
    await estate.work()
    bojan = await a_bojan()
    made = len(await stripe.sessions())

    async with account_locked(bojan):
        pressing = asyncio.create_task(bojan.press_pay())
        await until(lambda: somebody_waits(estate), "the wish is on its way")
        estate.kill("serve")
        await lost(pressing)
    assert len(await stripe.sessions()) == made
    await estate.serve()

    await pays(bojan)
    await bojan.gets_connected()
    assert await bojan.has_exactly_one_of_each()
    assert await stripe_and_books_agree(estate, stripe)


async def test_between_stripes_answer_and_ours(estate: Estate, stripe: StandIn, a_bojan: ABojan) -> None:
    await estate.serve()
    await estate.work()
    bojan = await a_bojan()
    made = len(await stripe.sessions())
    await behave(webhooks=Webhooks.NEVER, delay_ms=3_000)

    async def stripe_has_made_it() -> bool:
        return len(await stripe.sessions()) > made

    pressing = asyncio.create_task(bojan.press_pay())
    await until(stripe_has_made_it, "Stripe has made the page")
    estate.kill("serve")
    await lost(pressing)
    await behave(webhooks=Webhooks.NEVER)
    await estate.serve()

    await pays(bojan)
    await bojan.gets_connected()
    assert len(await stripe.sessions()) == made + 1
    assert await bojan.has_exactly_one_of_each()
    assert await stripe_and_books_agree(estate, stripe)


async def test_while_the_payment_is_booked(estate: Estate, stripe: StandIn, a_bojan: ABojan) -> None:
    await estate.serve()
    await estate.work()
    bojan = await a_bojan()
    back = await bojan.pay_at_stripe(await bojan.press_pay())

    async with account_locked(bojan):
        coming = asyncio.create_task(bojan.come_back(back))
        await until(lambda: somebody_waits(estate), "booking is on its way")
        estate.kill("serve")
        await lost(coming)
    await estate.serve()
    assert set(await stripe.tell(times=3, portal=estate.base)) == {200}

    await bojan.gets_connected()
    assert "znova vklopljene" in (await bojan.come_back(back)).text
    assert await bojan.has_exactly_one_of_each()
    assert await stripe_and_books_agree(estate, stripe)
    assert await no_connection_is_lost(bojan)


async def test_never_back_and_told_only_after_the_restart(estate: Estate, stripe: StandIn, a_bojan: ABojan) -> None:
    await estate.serve()
    bojan = await a_bojan()
    await bojan.pay_at_stripe(await bojan.press_pay())
    estate.kill("serve")
    with pytest.raises(httpx.TransportError):
        await stripe.tell(portal=estate.base)

    await estate.serve()
    await estate.work()
    assert set(await stripe.tell(portal=estate.base)) == {200}

    await bojan.gets_connected()
    assert await bojan.has_exactly_one_of_each()
    assert await stripe_and_books_agree(estate, stripe)
