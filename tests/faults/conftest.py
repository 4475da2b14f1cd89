"""An estate with as many Bojans as there are faults, and a Stripe that stands outside of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from portal.sandbox.stripe.pages import behave
from portal.sandbox.stripe.tables import CheckoutPage, Webhooks
from portal.sandbox.tables import prepare
from tests.browser.portal import BOJANS, number_of
from tests.faults.customer import Customer
from tests.faults.estate import Estate
from tests.payments.stand_in import StandIn, standing_in


@pytest_asyncio.fixture(scope="session")
async def stripe(migrated: str) -> AsyncIterator[StandIn]:
    await prepare()
    async with standing_in() as stand_in:
        await behave(webhooks=Webhooks.NEVER)
        await CheckoutPage.delete(force=True)
        yield stand_in


@pytest.fixture(scope="session")
def land(stripe: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    estate = Estate(stripe.base, tmp_path_factory.mktemp("faults") / "log")
    estate.run("portal.cli", "demo", "seed", "--reset")
    estate.run("tests.browser.portal")
    try:
        yield estate
    finally:
        estate.stop_database()


@pytest.fixture(scope="session")
def numbers() -> list[str]:
    return [number_of(n) for n in range(BOJANS)]


@pytest.fixture
def estate(land: Estate) -> Iterator[Estate]:
    """Nothing runs yet, and nothing runs afterwards."""
    yield land
    land.kill()


@pytest_asyncio.fixture
async def a_bojan(
    estate: Estate, stripe: StandIn, numbers: list[str]
) -> AsyncIterator[Callable[[], Awaitable[Customer]]]:
    """Someone who owes €86.45 and cannot call until it is paid."""
    async with AsyncExitStack() as browsers:

        async def signed_in() -> Customer:
            bojan = await Customer.signed_in(estate, stripe, numbers.pop())
            await browsers.enter_async_context(bojan.client)
            return bojan

        yield signed_in
