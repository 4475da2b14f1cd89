"""The demo's people in the database, and how tests find them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.billing.tables import Bill
from portal.customers.tables import Account, Customer
from portal.dunning.case_tables import DunningCase
from portal.dunning.cases import open_case
from portal.sandbox import demo
from portal.sandbox.stories import PEOPLE
from portal.settings import settings
from tests.people import NOON, TODAY


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the people's letters are laid out, and an operator that money can go to."""
    monkeypatch.setenv("LETTERS_DIR", str(tmp_path))
    monkeypatch.setenv("PAYEE_IBAN", "SI56191000000123438")
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
async def seeded(database: str) -> str:
    await demo.seed(TODAY, at=NOON)
    return database


async def seed_only(*first_names: str) -> None:
    """Some of them, which is quicker."""
    people = [person for person in PEOPLE if person.name.partition(" ")[0] in first_names]
    assert len(people) == len(first_names)
    await demo.seed(TODAY, people, at=NOON)


async def account_of(name: str) -> Account:
    customer = await Customer.objects().where(Customer.name == name).first()
    assert customer is not None
    found = await Account.objects().where(Account.customer == customer.id).order_by(Account.number).first()
    assert found is not None
    return found


async def overdue_of(account: Account) -> list[Bill]:
    return [bill for bill in await Bill.of(account).order_by(Bill.issued_on) if bill.is_overdue(TODAY)]


async def case_of(name: str) -> DunningCase:
    case = await open_case((await account_of(name)).id)
    assert case is not None
    return case
