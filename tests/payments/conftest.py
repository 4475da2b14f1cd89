"""Bojan owes money, and Stripe is next door."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from portal.sandbox.stripe.pages import behave
from portal.sandbox.stripe.tables import Webhooks
from portal.sandbox.tables import prepare
from tests.payments.stand_in import StandIn, standing_in
from tests.people import Person, a_person, signed_in
from tests.visiting import Visitor
from tests.world import exchange, phone

__all__ = ["exchange", "phone"]


@pytest_asyncio.fixture
async def stripe(migrated: str, visit: Visitor) -> AsyncIterator[StandIn]:
    """Well, and silent: it tells the portal of something when the story says so."""
    await prepare()
    await behave(webhooks=Webhooks.NEVER)
    async with standing_in() as stand_in:
        yield stand_in


@pytest_asyncio.fixture
async def bojan(visit: Visitor) -> Person:
    """Signed in, with nothing to pay yet."""
    person = await a_person("Bojan Kralj")
    await signed_in(visit, person)
    return person
