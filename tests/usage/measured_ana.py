"""Ana, signed in at noon, on the page of her use."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from portal import clock
from tests.people import NOON, Person, a_person, signed_in
from tests.visiting import Page, Visitor


@pytest.fixture
async def ana(visit: Visitor) -> AsyncIterator[Person]:
    with clock.stopped_at(NOON):
        ana = await a_person("Ana Zupan")
        await signed_in(visit, ana, at=NOON)
        yield ana


def allowances(page: Page) -> list[str]:
    return [
        " ".join("".join(row.itertext()).replace("\xa0", " ").replace("\u202f", " ").split())
        for row in page.all(".allowances > li")
    ]
