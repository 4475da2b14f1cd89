"""The summary of a contract: the sections of Commission Implementing Regulation (EU) 2019/2243, in its order."""

from __future__ import annotations

from portal.signing.papers import clauses
from portal.signing.papers.amounts import amounts
from portal.signing.papers.blocks import Section, facts, items, paragraph, section, small
from portal.signing.papers.ordered import Ordered
from portal.web.wording import long_date, say


def opening(its: Ordered) -> list[str]:
    return [
        say(
            its.language,
            "This contract summary gives the main elements of this service offer, as EU law requires (Directive (EU) "
            "2018/1972, article 102(3)). It helps to compare offers. The whole is said in the other documents.",
        )
    ]


def sections(its: Ordered) -> list[Section | None]:
    language = its.language
    return [
        section(say(language, "Services and equipment"), items(what(its)), place(its)),
        section(say(language, "Speeds of the internet service and remedies"), *speeds(its)),
        section(
            say(language, "Price"), amounts(its), small(say(language, "All amounts in this document include VAT."))
        ),
        section(say(language, "Duration, renewal and termination"), clauses.commitment(its), *ending(its)),
        section(
            say(language, "Features for end-users with disabilities"), paragraph(clauses.help_for_disabilities(its))
        ),
        section(say(language, "Other relevant information"), *other(its)),
    ]


def what(its: Ordered) -> list[str]:
    terms = its.terms
    package = [terms.package.name] if terms.package else []
    return [*package, *(service.name for service in terms.services), *(one.name for one in terms.equipment)]


def place(its: Ordered) -> dict[str, object] | None:
    language, terms = its.language, its.terms
    starts = long_date(terms.starts_on, language) if terms.starts_on else None
    return facts([(say(language, "Where"), terms.installation_address), (say(language, "Begins"), starts)])


def speeds(its: Ordered) -> list[dict[str, object] | None]:
    table = clauses.speeds(its)
    if table is None:
        return [paragraph(say(its.language, "No speed of an internet service is agreed with this order."))]
    return [table, paragraph(clauses.remedies(its))]


def ending(its: Ordered) -> list[dict[str, object] | None]:
    said = (clauses.early_end(its), clauses.instalments_left(its), clauses.after_commitment(its))
    return [paragraph(" ".join(text for text in said if text))]


def other(its: Ordered) -> list[dict[str, object] | None]:
    first = clauses.withdrawal(its)[:1]
    return [*(paragraph(note) for note in its.terms.notes), paragraph(" ".join([*first, clauses.complaints(its)]))]
