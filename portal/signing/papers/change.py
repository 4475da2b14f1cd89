"""The form by which something is changed."""

from __future__ import annotations

from portal.signing.papers import clauses
from portal.signing.papers.amounts import NOTHING, amounts
from portal.signing.papers.blocks import Section, changes, facts, items, paragraph, section
from portal.signing.papers.ordered import Ordered
from portal.web.wording import long_date, say


def opening(its: Ordered) -> list[str]:
    return [say(its.language, "You asked for these changes.")]


def sections(its: Ordered) -> list[Section | None]:
    language, terms = its.language, its.terms
    head = [say(language, "What"), say(language, "So far"), say(language, "From now on")]
    rows = [(change.what, change.before or NOTHING, change.after or NOTHING) for change in terms.changes]
    starts = long_date(terms.starts_on, language) if terms.starts_on else None
    return [
        section(say(language, "What is changed"), changes(head, rows), facts([(say(language, "Holds from"), starts)])),
        section(say(language, "What it costs"), amounts(its) or paragraph(cost(its))),
        section(say(language, "Right to withdraw"), *(paragraph(text) for text in clauses.withdrawal(its))),
        section(say(language, "Also agreed"), items(terms.notes)),
        section(
            say(language, "Everything else"), paragraph(say(language, "All that is not named here stays as agreed."))
        ),
    ]


def cost(its: Ordered) -> str | None:
    """None where the order does not say: that is no promise that it costs nothing."""
    language, amount = its.language, its.order.amount
    if amount is None:
        return None
    if not amount:
        return say(language, "The change costs nothing.")
    return say(language, "The change costs %(amount)s with VAT.", amount=amount.format(language))
