"""Ana, signed in, and the documents of the commitment that she extends."""

from __future__ import annotations

import pytest_asyncio

from portal import clock
from portal.signing.tables import Envelope
from tests.people import Person, signed_in
from tests.signing import people
from tests.signing.people import an_envelope
from tests.visiting import Visitor


@pytest_asyncio.fixture
async def ana(visit: Visitor) -> Person:
    person = await people.ana()
    await signed_in(visit, person)
    return person


@pytest_asyncio.fixture
async def waiting(ana: Person) -> Envelope:
    """Ordered just now."""
    return await an_envelope(ana, at=clock.now())
