"""The people whose orders wait for a signature, and the staff that hears of what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import pytest_asyncio

from portal.settings import settings
from tests.people import Person
from tests.signing import people

STAFF = "narocila@a1.test"


@pytest_asyncio.fixture
async def ana(database: str) -> Person:
    return await people.ana()


@pytest_asyncio.fixture
async def eva(database: str) -> Person:
    return await people.eva()


@pytest.fixture
def staff(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where staff reads what needs them."""
    monkeypatch.setenv("STAFF_EMAIL", STAFF)
    settings.cache_clear()
    yield STAFF
    monkeypatch.undo()
    settings.cache_clear()
