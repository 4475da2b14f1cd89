"""The database is restarted under load, or frozen for ten seconds. Nothing is lost, not even a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from tests.faults.customer import Customer, no_connection_is_lost, stripe_and_books_agree
from tests.faults.estate import Estate, until
from tests.payments.stand_in import StandIn

ABojan = Callable[[], Awaitable[Customer]]
FROZEN_SECONDS = 10.0


async def statuses(customer: Customer, path: str, times: int) -> list[int]:
    answers = await asyncio.gather(*(customer.client.get(path) for _ in range(times)))
    return [answer.status_code for answer in answers]


async def back_at_last(customer: Customer, path: str) -> httpx.Response:
    """They reload until the page is there."""
    answer = await customer.client.get(path)

    async def is_there() -> bool:
        nonlocal answer
        answer = await customer.client.get(path)
        return answer.status_code == 303

    await until(is_there, "the page is there again")
    return await customer.client.get(answer.headers["location"])


async def test_restarted_while_customers_pay(estate: Estate, stripe: StandIn, a_bojan: ABojan) -> None:
    await estate.serve()
    await estate.work()
    bojan = await a_bojan()
    back = await bojan.pay_at_stripe(await bojan.press_pay())

    loading = asyncio.create_task(statuses(bojan, "/bills", 40))
    await asyncio.to_thread(estate.restart_database)
    page = await back_at_last(bojan, back)

    assert "Plačilo prejeto" in page.text
    assert set(await loading) <= {200, 503}
    await bojan.gets_connected()
    assert await bojan.has_exactly_one_of_each()
    assert await stripe_and_books_agree(estate, stripe)
    assert await no_connection_is_lost(bojan)


async def test_frozen_for_ten_seconds_while_customers_pay(estate: Estate, stripe: StandIn, a_bojan: ABojan) -> None:
    await estate.serve()
    await estate.work()
    bojan = await a_bojan()
    back = await bojan.pay_at_stripe(await bojan.press_pay())

    async with estate.frozen_database():
        loading = asyncio.create_task(statuses(bojan, "/bills", 20))
        coming = asyncio.create_task(statuses(bojan, back, 3))
        # A freeze is a length of time; there is nothing to wait for.
        await asyncio.sleep(FROZEN_SECONDS)
    page = await back_at_last(bojan, back)

    assert "priklop" in page.text.lower()
    assert set(await loading) <= {200, 503}
    assert set(await coming) <= {303, 503}
    await bojan.gets_connected()
    assert await bojan.has_exactly_one_of_each()
    assert await stripe_and_books_agree(estate, stripe)
    assert await no_connection_is_lost(bojan)
