"""What the Typst template of a document is given: every word in the language of the order, every amount written out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal import phone
from portal.customers.tables import LineKind
from portal.refusals import N_
from portal.settings import settings
from portal.signing.papers import change, contract, general_terms, prices, summary
from portal.signing.papers.amounts import highlight
from portal.signing.papers.blocks import Section
from portal.signing.papers.ordered import Ordered
from portal.signing.tables import DocumentKind, OrderKind
from portal.web.templating import unbroken
from portal.web.wording import long_date, say

REGION = {"sl": "SI"}


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of document. `edition`: of its template and its words; a change of either is a new one. `signed`: what a
    signature on it says.
    """

    title: str
    edition: str
    opening: Callable[[Ordered], list[str]]
    sections: Callable[[Ordered], list[Section | None]]
    signed: str


def sort_of(kind: DocumentKind) -> Sort:
    return SORTS[kind]


def title_of(kind: DocumentKind, its: Ordered) -> str:
    """`Aneks k naročniškemu razmerju`, `Contract summary`."""
    title = CONTRACTS.get(its.kind) if kind == DocumentKind.CONTRACT else None
    return say(its.language, title or SORTS[kind].title)


def sheet(kind: DocumentKind, its: Ordered) -> dict[str, Any]:
    """The same order gives the same sheet."""
    language, sort, title = its.language, SORTS[kind], title_of(kind, its)
    subtitle = say(language, "Order %(number)s of %(day)s", number=its.order.number, day=long_date(its.day, language))
    return {
        "language": language,
        "region": REGION.get(language),
        "title": title,
        "subtitle": subtitle,
        "running": f"{title}, {its.customer.name}",
        "operator": {"name": settings().payee, "lines": operator_lines(language)},
        "customer": [its.customer.name, its.customer.street, f"{its.customer.postcode} {its.customer.city}"],
        "signatory": its.order.signatory,
        "facts": facts(its),
        "highlight": highlight(its) if kind == DocumentKind.CONTRACT else None,
        "opening": sort.opening(its),
        "sections": [section for section in sort.sections(its) if section],
        "words": words(sort, language),
    }


def operator_lines(language: str) -> list[str]:
    ours = settings()
    identified = say(language, "VAT ID: %(number)s", number=ours.payee_vat_id) if ours.payee_vat_id else ""
    care = say(language, "Help: %(number)s", number=unbroken(ours.portal_care_number))
    return [line for line in (ours.payee_street, ours.payee_city, identified, care, ours.address) if line]


def facts(its: Ordered) -> list[tuple[str, str]]:
    language, concerned = its.language, its.concerned
    known = [
        (say(language, "Customer number"), its.customer.number),
        (say(language, "Tax number"), None if its.is_consumer else its.customer.tax_number),
        (say(language, "Contract"), concerned.contract_number),
        (say(language, "Account number"), concerned.account_number),
        (line_label(its), line(its)),
    ]
    return [(label, fact) for label, fact in known if fact]


def line_label(its: Ordered) -> str:
    return say(its.language, "Number") if is_mobile(its) else say(its.language, "Connection")


def line(its: Ordered) -> str | None:
    number = its.concerned.line_number
    return unbroken(phone.show(number)) if number and is_mobile(its) else number


def is_mobile(its: Ordered) -> bool:
    return its.concerned.line_kind == LineKind.MOBILE


def words(sort: Sort, language: str) -> dict[str, str]:
    return {
        "page-of": say(language, "Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
        "foot": say(language, "Edition %(edition)s", edition=sort.edition),
        "customer": say(language, "Customer"),
        "operator": say(language, "Operator"),
        "signing": say(language, sort.signed),
    }


CONTRACTS = {
    OrderKind.EXTENSION: N_("Annex to the contract"),
    OrderKind.FIXED: N_("Contract for fixed services"),
    OrderKind.MOBILE: N_("Contract for mobile services"),
    OrderKind.ORDER: N_("Order with delivery"),
    OrderKind.PURCHASE: N_("Purchase in the shop"),
}
AGREED = N_("With the signatures of both, what stands in this document is agreed.")
PART_OF_IT = N_("The signature says that you know this document and that it is part of what is agreed.")

SORTS = {
    DocumentKind.SUMMARY: Sort(
        N_("Contract summary"),
        "2026-1",
        summary.opening,
        summary.sections,
        N_("The signature says that you got this summary before the contract was concluded."),
    ),
    DocumentKind.CONTRACT: Sort(N_("Contract"), "2026-1", contract.opening, contract.sections, AGREED),
    DocumentKind.PRICES: Sort(N_("Price list"), "2026-1", prices.opening, prices.sections, PART_OF_IT),
    DocumentKind.TERMS: Sort(
        N_("General terms"),
        general_terms.general_terms().edition,
        general_terms.opening,
        general_terms.sections,
        PART_OF_IT,
    ),
    DocumentKind.CHANGE: Sort(N_("Form for changes"), "2026-1", change.opening, change.sections, AGREED),
}
