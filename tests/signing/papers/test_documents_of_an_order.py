"""Which documents an order gets, and that they say what was ordered, from when, for how much, and how to get out."""

from __future__ import annotations

from datetime import date

import pytest

from portal.customers.tables import Customer, CustomerKind
from portal.signing.papers.making import make
from portal.signing.papers.sheet import sheet
from portal.signing.tables import DocumentKind, OrderKind
from tests.people import a_person
from tests.signing.papers.papers import ANDA, contract_of, ordered, papers_of, said_by
from tests.signing.people import an_order, ana

ALL_FOUR = ["summary", "contract", "prices", "terms"]
UNTIL = date(2028, 11, 20)


@pytest.mark.parametrize(
    ("kind", "title", "documents"),
    [
        (OrderKind.EXTENSION, "Aneks k naročniškemu razmerju", ALL_FOUR),
        (OrderKind.FIXED, "Pogodba za fiksne storitve", ALL_FOUR),
        (OrderKind.MOBILE, "Pogodba za mobilne storitve", ALL_FOUR),
        (OrderKind.ORDER, "Naročilo z dostavo", ["summary", "contract", "terms"]),
        (OrderKind.PURCHASE, "Nakup v Nakupovalnici", ["contract", "terms"]),
        (OrderKind.CHANGE, "Obrazec za spremembe", ["change"]),
    ],
)
def test_an_order_gets_its_documents_the_summary_first(kind: OrderKind, title: str, documents: list[str]) -> None:
    papers = papers_of(ordered(kind))

    assert [paper.kind for paper in papers] == documents
    assert title in [paper.title for paper in papers]
    assert all(said_by(paper.pdf).count(paper.title) == 1 for paper in papers)


async def test_they_are_made_from_what_is_on_record(database: str) -> None:
    anda = await ana()
    order = await an_order(anda, language="en")

    summary, contract, *_ = await make(order, anda.customer)

    said = said_by(contract.pdf)
    assert summary.title == "Contract summary"
    assert f"This annex extends the commitment of contract {anda.contract.number}, concluded on 1 Jan 2020." in said
    assert f"Customer number: {anda.customer.number}" in said
    assert f"Account number: {anda.account.number}" in said
    assert f"Customer {anda.customer.name}" in said


async def test_an_order_of_nothing_on_record_has_documents_too(database: str) -> None:
    eva = await a_person("Eva Zupan", registered=False)
    order = await an_order(eva, kind=OrderKind.MOBILE, terms={}, account=None, line=None, contract=None)

    papers = await make(order, eva.customer)

    assert [paper.kind for paper in papers] == ALL_FOUR
    assert "None" not in "".join(said_by(paper.pdf) for paper in papers)


def test_the_contract_says_what_it_comes_to_until_when_and_how_one_gets_out() -> None:
    said = said_by(contract_of(ordered(amount_cents=131_976, committed_until=UNTIL)).pdf).replace("\u202f", " ")

    for line in (
        "Skupaj v času vezave Z DDV, vezava do 20. 11. 2028",
        "Paket L, Na mesec: 34,99 €, Enkratno: –",
        "Telefon Sever 9 480,00 € v 24 obrokih, Na mesec: 20,00 €, Enkratno: –",
        "Skupaj v času vezave: 1.319,76 €",
        "Vezava: 24 mesecev, Od: 21. 11. 2026",
        "njeno vrednost 240,00 € delimo s številom dni vezave in pomnožimo s številom dni, ki še manjkajo",
        "v 14 dneh odstopite brez razloga",
        "AKOS",
    ):
        assert line in said


def test_a_fixed_contract_says_how_fast_where_and_from_when() -> None:
    for kind in (DocumentKind.SUMMARY, DocumentKind.CONTRACT):
        its = ordered(OrderKind.FIXED)
        said = said_by(next(paper for paper in papers_of(its) if paper.kind == kind).pdf).replace("\xa0", " ")

        assert "Prenos k vam, Najmanj: 250 Mbit/s, Običajno: 450 Mbit/s, Največ: 500 Mbit/s" in said
        assert "Prenos od vas, Najmanj: 50 Mbit/s, Običajno: 90 Mbit/s, Največ: 100 Mbit/s" in said
        assert "Glavna ulica 1, 1000 Ljubljana" in said
        assert "Začetek: 1. 12. 2026" in said


def test_the_summary_has_the_sections_of_the_regulation_in_its_order() -> None:
    headings = [section["heading"] for section in sheet(DocumentKind.SUMMARY, ordered(language="en"))["sections"]]

    assert headings == [
        "Services and equipment",
        "Speeds of the internet service and remedies",
        "Price",
        "Duration, renewal and termination",
        "Features for end-users with disabilities",
        "Other relevant information",
    ]


def test_the_summary_of_the_usual_extension_fits_one_page() -> None:
    summary = papers_of(ordered(amount_cents=131_976, committed_until=UNTIL))[0]

    assert summary.pages == 1


def test_the_price_list_is_the_portal_s_own() -> None:
    said = said_by(papers_of(ordered())[2].pdf).replace("\u202f", " ")

    assert "Mobilni S, Na mesec: 14,99 €" in said
    assert "Dodatnih 5 GB, Cena: 4,99 € ob vsakem nakupu" in said
    assert "Ponovni priklop, Znesek: 7,99 €" in said


def test_a_company_has_a_tax_number_and_no_right_of_consumers() -> None:
    company = Customer(
        **{**ANDA.to_dict(), "kind": CustomerKind.COMPANY, "name": "Čebela, d. o. o.", "tax_number": "12345678"}
    )
    said = said_by(contract_of(ordered(customer=company, signatory="Anđa Žnidaršič Čeh")).pdf)

    assert "Davčna številka: 12345678" in said
    assert "Pravica do odstopa" not in said
    assert "Naročnik Anđa Žnidaršič Čeh" in said


@pytest.mark.parametrize(("cents", "said"), [(0, "brezplačna"), (1_250, "12,50\u202f€")])
def test_a_change_says_before_after_and_what_it_costs(cents: int, said: str) -> None:
    paper = papers_of(ordered(OrderKind.CHANGE, amount_cents=cents))[0]

    assert "Naslov za račune, Doslej: Stara cesta 2, Odslej: Nova ulica 7" in said_by(paper.pdf)
    assert said in said_by(paper.pdf)


def test_a_change_whose_cost_is_not_known_does_not_say_that_it_is_free() -> None:
    said = said_by(papers_of(ordered(OrderKind.CHANGE, amount_cents=None))[0].pdf)

    assert "Koliko stane" not in said
    assert "brezplačna" not in said


def test_a_change_tells_a_consumer_how_to_withdraw_as_the_consent_promises() -> None:
    said = said_by(papers_of(ordered(OrderKind.CHANGE, amount_cents=1_250))[0].pdf)

    assert "v 14 dneh odstopite brez razloga" in said
    assert "Pred iztekom roka nam jasno sporočite, da odstopate" in said
