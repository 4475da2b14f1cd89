"""What an order comes to, item by item, as its contract, its summary and its price list write it."""

from __future__ import annotations

from collections.abc import Iterator

from portal.money import Money
from portal.signing.orders.terms import Equipment
from portal.signing.papers.blocks import Block, Cell, table
from portal.signing.papers.ordered import Ordered
from portal.web.wording import catalogue, long_date, say

NOTHING = "–"
Row = tuple[Cell, str, str]


def amounts(its: Ordered) -> Block | None:
    """A row for each item: what of it is paid each month, and what once."""
    language = its.language
    head = [say(language, "Item"), say(language, "Each month"), say(language, "Once")]
    return table(head, list(rows(its)), total(its))


def rows(its: Ordered) -> Iterator[Row]:
    language, terms = its.language, its.terms
    if terms.package:
        yield terms.package.name, terms.package.monthly.format(language), NOTHING
    for service in terms.services:
        yield service.name, service.monthly.format(language), NOTHING
    for equipment in terms.equipment:
        yield equipment_row(equipment, language)
    for once in terms.once:
        yield once.what, NOTHING, once.amount.format(language)


def equipment_row(equipment: Equipment, language: str) -> Row:
    price = equipment.price.format(language)
    if equipment.instalments is None or equipment.instalment is None:
        return equipment.name, NOTHING, price
    times = catalogue(language).ngettext("%(num)s instalment", "%(num)s instalments", equipment.instalments)
    note = say(
        language, "%(price)s in %(instalments)s", price=price, instalments=times % {"num": equipment.instalments}
    )
    return (equipment.name, note), equipment.instalment.format(language), NOTHING


def total(its: Ordered) -> tuple[str, str, str] | None:
    if its.order.amount is None:
        return None
    return total_label(its), "", its.order.amount.format(its.language)


def total_label(its: Ordered) -> str:
    return say(its.language, "Total for the commitment") if its.has_commitment else say(its.language, "Total")


def months(count: int, language: str) -> str:
    return catalogue(language).ngettext("%(num)s month", "%(num)s months", count) % {"num": count}


def highlight(its: Ordered) -> dict[str, str | None] | None:
    """The amount that stands out: what it comes to in all, else what is paid each month."""
    language = its.language
    amount, label = its.order.amount, total_label(its)
    if amount is None and its.terms.package:
        amount, label = its.terms.package.monthly, say(language, "Each month")
    return None if amount is None else highlighted(its, amount, label)


def highlighted(its: Ordered, amount: Money, label: str) -> dict[str, str | None]:
    language, until = its.language, its.order.committed_until
    note = (
        say(language, "With VAT, commitment until %(day)s", day=long_date(until, language))
        if until
        else say(language, "With VAT")
    )
    return {"label": label, "note": note, "amount": amount.format(language)}
