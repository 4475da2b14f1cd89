"""The PDF of a bill stays the same file, whoever asks for it how often, and a stranger gets none."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pypdfium2
import pytest

from portal import clock
from portal.billing.pdf.making import make, pdf_kept
from portal.billing.pdf.reading import printed_of
from portal.billing.pdf.sheet import sheet
from portal.billing.pdf.typesetting import typeset
from portal.billing.tables import Bill, BillPdf
from portal.customers.tables import Customer
from tests.billing.pdf_bills import a_usual_bill, anda, as_text, payee, pdf_at
from tests.people import NOON, Person, a_person
from tests.visiting import Visitor

__all__ = ["anda", "payee"]


async def test_it_opens_in_the_browser_and_is_saved_under_its_name(visit: Visitor, anda: Person) -> None:
    bill = await a_usual_bill(anda)

    opened = (await visit.get(f"/bills/{bill.id}.pdf")).response

    assert opened.headers["content-type"] == "application/pdf"
    said = opened.headers["content-disposition"]
    assert said == f"inline; filename=\"Racun {bill.number}.pdf\"; filename*=UTF-8''Ra%C4%8Dun%20{bill.number}.pdf"
    policy = opened.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'none'" in policy
    assert opened.headers["x-content-type-options"] == "nosniff"
    assert opened.headers["cache-control"] == "no-store"


async def test_it_is_a_tagged_archive_file_with_a_title_and_a_language(visit: Visitor, anda: Person) -> None:
    bill = await a_usual_bill(anda)

    pdf = await pdf_at(visit, bill)

    written = as_text(pdf)
    assert "<pdfaid:part>3</pdfaid:part>" in written
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in written
    assert "/Marked true" in written
    assert "/Lang(sl-SI)" in written
    assert f"Račun {bill.number}" in pypdfium2.PdfDocument(pdf).get_metadata_value("Title")
    for tag in ("/H1", "/H2", "/Table", "/TH", "/Figure"):
        assert re.search(rf"/S{tag}\b", written), f"nothing is tagged {tag}"
    assert "/Alt" in written


async def test_the_same_bill_is_the_same_bytes_however_often_it_is_set(anda: Person) -> None:
    bill = await a_usual_bill(anda)

    first = sheet(await printed_of(bill.id), "sl")
    await Bill.update({Bill.open_cents: 0, Bill.settled_at: NOON}).where(Bill.id == bill.id)
    second = sheet(await printed_of(bill.id), "sl")

    assert first == second
    assert typeset(first, bill.issued_on) == typeset(second, bill.issued_on)
    assert typeset(first, bill.issued_on) != typeset(second, bill.issued_on + timedelta(days=1)), (
        "its day is the bill's"
    )


async def test_what_was_given_out_stays_when_the_customer_moves(visit: Visitor, anda: Person) -> None:
    bill = await a_usual_bill(anda)
    before = await pdf_at(visit, bill)
    await Customer.update({Customer.street: "Nova ulica 2"}).where(Customer.id == anda.customer.id)

    assert await pdf_at(visit, bill) == before
    assert await BillPdf.count() == 1


async def test_two_who_ask_at_once_get_the_same_file(anda: Person) -> None:
    bill = await a_usual_bill(anda)

    both = await asyncio.gather(*(pdf_kept(bill.id, "sl", clock.now()) for _ in range(2)))

    assert both[0] == both[1]
    assert await BillPdf.count() == 1


async def test_who_makes_it_second_keeps_the_first(anda: Person) -> None:
    bill = await a_usual_bill(anda)
    first = await pdf_kept(bill.id, "sl", NOON)
    await Customer.update({Customer.street: "Nova ulica 2"}).where(Customer.id == anda.customer.id)

    await make(bill.id, "sl", NOON)

    assert await pdf_kept(bill.id, "sl", NOON) == first


@pytest.mark.parametrize("ending", ["pdf", "csv"])
async def test_a_stranger_learns_nothing(visit: Visitor, anda: Person, ending: str) -> None:
    bojan = await a_person("Bojan Kralj")
    bill = await a_usual_bill(bojan)

    await visit.get(f"/bills/{bill.id}.{ending}", status=404)

    assert await BillPdf.count() == 0
