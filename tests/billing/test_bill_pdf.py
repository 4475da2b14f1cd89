"""A bill as a PDF: what can be read on it, and who can pay it from it."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp

from portal.billing.pdf.making import pdf_kept
from portal.billing.tables import Bill, BillAllowance, BillKind, BillLine, BillLineKind
from portal.billing.upn.order import Payer, order_of_bill
from portal.customers.quantities import AllowanceKind
from portal.customers.tables import Customer, CustomerKind, Line, LineKind
from portal.identity.tables import Login
from portal.settings import settings
from tests.billing.bill_rows import a_bill_of, line_of
from tests.billing.pdf_bills import a_usual_bill, anda, as_text, payee, pdf_at
from tests.messaging.paper import Box, sheets, text_of
from tests.people import NOON, Person, a_person, saved, signed_in
from tests.visiting import Visitor

__all__ = ["anda", "payee"]


# What a window envelope ever shows of the first page, as of a letter's.
EVER_SEEN = Box(left=100, top=45, right=210, bottom=99)


DOTS = 3
"""A pixel is a third of a point, 216 to the inch: a telephone's camera sees more."""


def codes_on(pdf: bytes) -> list[str]:
    """What a camera reads on its pages."""
    drawn = [page.render(scale=DOTS, grayscale=True) for page in pypdfium2.PdfDocument(pdf)]
    pictures = [memoryview(bytes(one.buffer)).cast("B", (one.height, one.stride)) for one in drawn]
    return [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]


async def test_it_says_what_the_law_asks_of_an_invoice(visit: Visitor, anda: Person) -> None:
    bill = await a_usual_bill(anda)

    text = text_of(await pdf_at(visit, bill)).replace("\u202f", " ").replace("\xa0", " ")

    assert f"Račun {bill.number}" in text
    assert "Zgledni operater, d. d." in text
    assert "Šmartinska cesta 134b 1000 Ljubljana ID za DDV: SI12345678" in text
    assert "Anđa Žnidaršič Čeh Glavna ulica 1 1000 Ljubljana" in text
    assert f"{bill.issued_on.day}. {bill.issued_on.month}. {bill.issued_on.year}" in text
    assert f"Številka naročnika {anda.customer.number}" in text
    assert "Naročnina Žepni šepet 22 % 24,99 €" in text
    assert "Telefon obrok 7 od 24 22 % 49,99 €" in text
    assert "Popust za elektronski račun 22 % −1,00 €" in text
    assert "22 % 67,19 € 14,78 € 81,97 €" in text, "net, tax and gross at the general rate"
    assert "Skupaj 81,97 €" in text
    assert "Prenos podatkov 12,34 GB neomejeno" in text
    assert "040 40 40 40" in text


async def test_what_bears_no_vat_is_told_apart(visit: Visitor, anda: Person) -> None:
    fee = line_of(BillLineKind.FEE, "Zamudne obresti", 200)
    fee.vat_percent_tenths = 0
    bill = await a_bill_of(anda, line_of(BillLineKind.OTHER, "Knjiga", 1_095), fee)
    await BillLine.update({BillLine.vat_percent_tenths: 95}).where(BillLine.description == "Knjiga")

    text = text_of(await pdf_at(visit, bill)).replace("\u202f", " ").replace("\xa0", " ")

    assert "9,5 % 10,00 € 0,95 € 10,95 €" in text
    assert "0 % 2,00 € 0,00 € 2,00 €" in text
    assert "Skupaj 12,00 € 0,95 € 12,95 €" in text
    assert "niso predmet obdavčitve" in text


@pytest.mark.parametrize("language", ["sl", "en"])
async def test_an_ordinary_bill_is_one_page_with_its_code(anda: Person, language: str) -> None:
    line = anda.line.id
    fee = line_of(BillLineKind.FEE, "Zamudne obresti", 200)
    fee.vat_percent_tenths = 0
    bill = await a_bill_of(
        anda,
        line_of(BillLineKind.SUBSCRIPTION, "Naročnina Mobilni M", 3_499, line),
        line_of(BillLineKind.USAGE, "Klici in sporočila v tujino", 186, line),
        line_of(BillLineKind.ROAMING, "Gostovanje izven EU", 500, line),
        line_of(BillLineKind.INSTALMENT, "Telefon", 2_499, line, (7, 24)),
        line_of(BillLineKind.DISCOUNT, "Popust za e-račun", -100),
        fee,
        is_open=True,
    )
    kinds = (AllowanceKind.CALLS, AllowanceKind.MESSAGES, AllowanceKind.DATA)
    for kind in kinds:
        await saved(BillAllowance(bill=bill.id, line=line, kind=kind, used=41, included=None))

    pdf = await pdf_kept(bill.id, language, NOON)

    assert len(pypdfium2.PdfDocument(pdf)) == 1
    assert len(codes_on(pdf)) == 1


async def test_in_english_for_whoever_reads_english(visit: Visitor, anda: Person) -> None:
    assert anda.login is not None
    await Login.update({Login.language: "en"}).where(Login.id == anda.login.id)
    bill = await a_usual_bill(anda)

    opened = (await visit.get(f"/bills/{bill.id}.pdf")).response

    assert f'filename="Bill {bill.number}.pdf"' in opened.headers["content-disposition"]
    text = text_of(opened.content)
    assert f"Bill {bill.number}" in text
    assert "instalment 7 of 24" in text
    assert "Page 1 of" in text
    assert "€81.97" in text
    assert "/Lang(en)" in as_text(opened.content)


async def test_the_code_on_it_pays_all_that_was_billed(visit: Visitor, anda: Person) -> None:
    bill = await a_usual_bill(anda)
    await Bill.update({Bill.open_cents: 1_000}).where(Bill.id == bill.id)

    pdf = await pdf_at(visit, bill)

    order = order_of_bill(bill, Payer.of(anda.customer), "sl", amount=bill.total)
    assert order is not None
    assert codes_on(pdf) == [order.payload]
    text = text_of(pdf)
    assert "SI56 1910 0000 0123 438" in text.replace("\xa0", " ")
    assert f"{order.purpose_code} · Račun {bill.number}" in text


@pytest.mark.parametrize("reason", ["credit note", "nothing", "no account"])
async def test_nobody_is_asked_to_pay_what_cannot_be_paid(
    visit: Visitor, anda: Person, payee: pytest.MonkeyPatch, reason: str
) -> None:
    billed = await a_usual_bill(anda)
    kind, cents = (BillKind.CREDIT_NOTE, -500) if reason == "credit note" else (BillKind.BILL, 0)
    bill = await a_bill_of(anda, line_of(BillLineKind.OTHER, "Popravek", cents), kind=kind)
    if reason == "no account":
        bill = billed
        payee.delenv("PAYEE_IBAN")
        settings.cache_clear()

    pdf = await pdf_at(visit, bill)

    assert codes_on(pdf) == []
    assert "UPN" not in text_of(pdf)


async def test_a_credit_note_says_what_it_corrects_and_in_whose_favour(visit: Visitor, anda: Person) -> None:
    bill = await a_usual_bill(anda)
    note = await a_bill_of(
        anda, line_of(BillLineKind.USAGE, "Klici", -300, anda.line.id), kind=BillKind.CREDIT_NOTE, corrects=bill
    )

    opened = (await visit.get(f"/bills/{note.id}.pdf")).response

    text = text_of(opened.content).replace("\u202f", " ")
    assert f"Dobropis {note.number}" in text
    assert f"Ta dobropis popravlja račun {bill.number} z dne {bill.issued_on.day}. {bill.issued_on.month}." in text
    assert "V vaše dobro" in text
    assert "3,00 €" in text
    assert "Rok plačila" not in text
    assert f'filename="Dobropis {note.number}.pdf"' in opened.headers["content-disposition"]


async def test_a_company_reads_four_hundred_lines_under_their_heads(visit: Visitor) -> None:
    company = await a_person("Žagar & Čuček, d. o. o.", kind=CustomerKind.COMPANY)
    await Customer.update({Customer.tax_number: "87654321"}).where(Customer.id == company.customer.id)
    bill = await a_long_bill(company, 100, 4)
    await signed_in(visit, company)

    pages = sheets(await pdf_at(visit, bill))

    assert len(pages) > 5
    assert "Davčna številka 87654321" in pages[0].text.replace("\n", " ").replace("\r", "")
    for number, page in enumerate(pages, start=1):
        assert f"Stran {number} od {len(pages)}" in page.text
    for page in pages[:-3]:
        assert "Postavka DDV Znesek z DDV" in page.text.replace("\n", " ")
    for page in pages[1:]:
        assert f"Račun {bill.number}, Žagar & Čuček, d. o. o." in page.text


async def a_long_bill(owner: Person, lines: int, positions: int) -> Bill:
    numbers = [
        Line(
            account=owner.account.id,
            contract=owner.contract.id,
            kind=LineKind.MOBILE,
            number=f"+386{70_500_000 + n}",
        )
        for n in range(lines)
    ]
    await Line.insert(*numbers)
    return await a_bill_of(
        owner,
        *(
            line_of(BillLineKind.USAGE, f"Storitev {n}", 100 + n, number.id)
            for number in numbers
            for n in range(positions)
        ),
        is_open=True,
    )


async def test_the_window_of_an_envelope_shows_the_address_and_nothing_else(visit: Visitor, anda: Person) -> None:
    [first, *_] = sheets(await pdf_at(visit, await a_usual_bill(anda)))

    assert first.touching(EVER_SEEN) == "AnđaŽnidaršičČehGlavnaulica11000Ljubljana"
