"""Bojan owes money, and somebody without a sign-in stands at the portal."""

from __future__ import annotations

import pytest_asyncio

from tests.payments.conftest import exchange, phone, stripe
from tests.people import Person, a_person
from tests.world import mailbox

__all__ = ["exchange", "mailbox", "phone", "stripe"]


@pytest_asyncio.fixture
async def bojan(database: str) -> Person:
    """With nothing to pay yet; nobody is signed in."""
    return await a_person("Bojan Kralj")
