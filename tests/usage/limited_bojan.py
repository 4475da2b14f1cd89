"""Bojan, signed in at noon, on the page of his limit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal import clock
from portal.usage.tables import SpendingLimit
from tests.people import NOON, Person, a_person, signed_in
from tests.visiting import Page, Visitor


@pytest.fixture(autouse=True)
def noon(database: str) -> Iterator[None]:
    with clock.stopped_at(NOON):
        yield


@pytest.fixture
async def bojan(visit: Visitor) -> Person:
    bojan = await a_person("Bojan Kralj")
    await signed_in(visit, bojan, at=NOON)
    return bojan


async def open_page(visit: Visitor, person: Person) -> Page:
    return await visit.get(f"/usage/limit?line={person.line.id}")


async def save(visit: Visitor, person: Person, limit: str, on_reaching: str = "warn", **how: object) -> Page:
    page = await open_page(visit, person)
    form = page.form_to(f"/usage/limit?line={person.line.id}")
    return await visit.submit(form, limit=limit, on_reaching=on_reaching, **how)  # type: ignore[arg-type]


async def the_limit(person: Person) -> tuple[int, str] | None:
    row = await SpendingLimit.objects().get(SpendingLimit.line == person.line.id)
    return None if row is None else (row.limit_cents, row.on_reaching)
