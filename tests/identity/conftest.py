"""Phones that receive what we send, and browsers that differ."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from portal.messaging import gateways
from tests.identity.phones import Mailboxes, Phones
from tests.people import Person, a_person
from tests.visiting import Visitor, portal_app


@pytest.fixture
def phones() -> Iterator[Phones]:
    """The SMS gateway, which hands each message to its phone."""
    before, stand_in = gateways.sms_gateway(), Phones()
    gateways.use_sms(stand_in)
    yield stand_in
    gateways.use_sms(before)


@pytest.fixture
def mailboxes() -> Iterator[Mailboxes]:
    """The mail server, which puts each e-mail into its box."""
    before, stand_in = gateways.mail_gateway(), Mailboxes()
    gateways.use_mail(stand_in)
    yield stand_in
    gateways.use_mail(before)


@pytest_asyncio.fixture
async def bojan(database: str) -> Person:
    return await a_person("Bojan Kralj")


@pytest_asyncio.fixture
async def stranger(database: str) -> AsyncIterator[Visitor]:
    """Somebody else's browser, somewhere else."""
    async with Visitor(portal_app(), address="198.51.100.9") as visitor:
        yield visitor
