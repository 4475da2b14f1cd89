"""What is agreed: an annex that extends a commitment, a contract, an order with delivery, a purchase in the shop."""

from __future__ import annotations

from portal.signing.papers import clauses
from portal.signing.papers.amounts import amounts
from portal.signing.papers.blocks import Section, facts, items, paragraph, section, small
from portal.signing.papers.ordered import Ordered
from portal.signing.tables import OrderKind
from portal.web.wording import long_date, say


def opening(its: Ordered) -> list[str]:
    language, concerned = its.language, its.concerned
    if its.kind != OrderKind.EXTENSION or concerned.contract_number is None or concerned.concluded_on is None:
        return [belonging(its)]
    return [
        say(
            language,
            "This annex extends the commitment of contract %(number)s, concluded on %(day)s. What it does not change "
            "stays as agreed.",
            number=concerned.contract_number,
            day=long_date(concerned.concluded_on, language),
        ),
        belonging(its),
    ]


def sections(its: Ordered) -> list[Section | None]:
    language = its.language
    return [
        section(
            say(language, "What you ordered"),
            amounts(its),
            small(say(language, "All amounts in this document include VAT.")),
        ),
        section(say(language, "Where and when"), where_and_when(its)),
        section(say(language, "Commitment and benefit"), *commitment(its)),
        section(say(language, "Speed of the internet service"), clauses.speeds(its), paragraph(clauses.remedies(its))),
        section(say(language, "Duration and termination"), paragraph(duration(its))),
        section(say(language, "Right to withdraw"), *(paragraph(text) for text in clauses.withdrawal(its))),
        section(say(language, "Also agreed"), items(its.terms.notes)),
        section(say(language, "Complaints"), paragraph(clauses.complaints(its))),
    ]


def where_and_when(its: Ordered) -> dict[str, object] | None:
    language, terms = its.language, its.terms
    starts = long_date(terms.starts_on, language) if terms.starts_on else None
    return facts(
        [
            (say(language, "Installed at"), terms.installation_address),
            (say(language, "Begins"), starts),
            (say(language, "Delivery"), terms.delivery),
        ]
    )


def commitment(its: Ordered) -> list[dict[str, object] | None]:
    bound = clauses.commitment(its)
    said = (clauses.early_end(its), clauses.instalments_left(its)) if its.has_commitment else ()
    return [bound, *(paragraph(text) for text in said)]


def duration(its: Ordered) -> str | None:
    """A purchase is done with its delivery; whatever runs goes on."""
    runs = its.terms.package or its.terms.services or its.has_commitment
    return clauses.after_commitment(its) if runs else None


def belonging(its: Ordered) -> str:
    language = its.language
    if its.kind in (OrderKind.ORDER, OrderKind.PURCHASE):
        return say(language, "The general terms that you sign with it are part of it.")
    return say(language, "The price list and the general terms that you sign with it are part of it.")
