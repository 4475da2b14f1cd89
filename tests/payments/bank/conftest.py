"""An operator with a bank account, and customers who pay into it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from portal.payments.bank.importing import Imported, import_file
from portal.settings import settings
from tests.payments.bank.statements import OURS
from tests.people import NOON, Person, a_person
from tests.world import exchange, phone

__all__ = ["exchange", "phone"]

ImportBytes = Callable[..., Awaitable[Imported]]


@pytest_asyncio.fixture
async def bojan(database: str) -> Person:
    return await a_person("Bojan Kralj", registered=False)


@pytest_asyncio.fixture
async def ours(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The IBAN of our account."""
    monkeypatch.setenv("BANK_IBANS", OURS)
    settings.cache_clear()
    yield OURS
    settings.cache_clear()


@pytest.fixture
def import_bytes(ours: str, tmp_path: Path) -> ImportBytes:
    """Import what a file holds; `name`, and what `import_file` takes."""

    async def imported(content: bytes, name: str = "statement.xml", **more: object) -> Imported:
        place = tmp_path / name
        place.write_bytes(content)
        return await import_file(place, **({"by": "Nada", "at": NOON} | more))  # type: ignore[arg-type]

    return imported
