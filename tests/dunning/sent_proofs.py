"""A proof of payment on its way from the page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dunning.papers import empty_folder
from tests.people import Person, a_person, signed_in
from tests.visiting import Visitor


@pytest.fixture(autouse=True)
def folder() -> Iterator[Path]:
    yield Path(os.environ["PROOFS_DIR"])
    empty_folder()


@pytest.fixture
async def bojan(visit: Visitor) -> Person:
    """Signed in, with an overdue bill."""
    bojan = await a_person("Bojan Kralj")
    await bojan.bill(8_645)
    await signed_in(visit, bojan)
    return bojan
