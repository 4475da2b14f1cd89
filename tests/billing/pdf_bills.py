"""Anda has bills that can be paid by UPN, and their PDF is read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.billing.tables import Bill, BillAllowance, BillLineKind
from portal.customers.quantities import AllowanceKind
from portal.settings import settings
from tests.billing.bill_rows import a_bill_of, line_of
from tests.people import Person, a_person, saved, signed_in
from tests.visiting import Visitor


@pytest.fixture(autouse=True)
def payee(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("PAYEE_NAME", "Zgledni operater, d. d.")
    monkeypatch.setenv("PAYEE_STREET", "Šmartinska cesta 134b")
    monkeypatch.setenv("PAYEE_CITY", "1000 Ljubljana")
    monkeypatch.setenv("PAYEE_IBAN", "SI56191000000123438")
    monkeypatch.setenv("PAYEE_VAT_ID", "SI12345678")
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


@pytest.fixture
async def anda(visit: Visitor) -> Person:
    anda = await a_person("Anđa Žnidaršič Čeh")
    await signed_in(visit, anda)
    return anda


async def a_usual_bill(owner: Person) -> Bill:
    line = owner.line.id
    bill = await a_bill_of(
        owner,
        line_of(BillLineKind.SUBSCRIPTION, "Naročnina Žepni šepet", 2_499, line),
        line_of(BillLineKind.INSTALMENT, "Telefon", 4_999, line, (7, 24)),
        line_of(BillLineKind.DISCOUNT, "Popust za elektronski račun", -100, line),
        line_of(BillLineKind.FEE, "Ponovni priklop", 799),
        is_open=True,
    )
    await saved(BillAllowance(bill=bill.id, line=line, kind=AllowanceKind.DATA, used=12_340_000_000, included=None))
    return bill


async def pdf_at(visit: Visitor, bill: Bill) -> bytes:
    return (await visit.get(f"/bills/{bill.id}.pdf")).response.content


def as_text(pdf: bytes) -> str:
    return pdf.decode("latin-1")
