from __future__ import annotations

import pytest_asyncio

from portal.sandbox.phone import SandboxPhone
from tests.people import Person, a_person, signed_in
from tests.visiting import Visitor
from tests.world import Exchange, exchange, phone

__all__ = ["exchange", "phone"]


@pytest_asyncio.fixture
async def bojan(visit: Visitor, phone: SandboxPhone, exchange: Exchange) -> Person:
    """Signed in, with nothing to pay yet."""
    person = await a_person("Bojan Kralj")
    await signed_in(visit, person)
    return person
