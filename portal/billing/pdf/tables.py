"""The tables on a bill's document, every cell written out: what it is made of, VAT by rate, and what was used."""

from __future__ import annotations

from typing import Any

from portal import phone
from portal.billing.grouping import Group
from portal.billing.pdf.reading import Allowed
from portal.billing.positions import Position
from portal.billing.vat import VatAtRate
from portal.customers.quantities import AllowanceKind, total
from portal.customers.tables import LineKind
from portal.money import Money
from portal.refusals import N_
from portal.web.templating import unbroken
from portal.web.wording import percent, say

ALLOWANCES = {
    AllowanceKind.CALLS: N_("Calls"),
    AllowanceKind.MESSAGES: N_("Messages"),
    AllowanceKind.DATA: N_("Data"),
    AllowanceKind.ROAMING_DATA: N_("Data when roaming"),
}


def group_of(group: Group, language: str) -> dict[str, Any]:
    title, detail = place_of(group, language)
    return {
        "title": title,
        "detail": detail,
        "sum": group.subtotal.format(language),
        "rows": [line_row(line, language) for line in group.lines],
    }


def place_of(group: Group, language: str) -> tuple[str, str]:
    """How a connection or a contract is called, and what it has."""
    if group.number:
        return shown(group.number, is_mobile=group.is_mobile), group.package or ""
    if group.contract_number:
        return group.package or "", say(language, "Contract %(number)s", number=group.contract_number)
    return say(language, "Other items"), ""


def shown(number: str, *, is_mobile: bool) -> str:
    return unbroken(phone.show(number)) if is_mobile else number


def line_row(line: Position, language: str) -> dict[str, str | None]:
    note = None
    if line.instalment is not None:
        note = say(language, "instalment %(number)s of %(all)s", number=line.instalment, all=line.instalments)
    return {
        "description": line.description,
        "note": note,
        "vat": percent(line.vat_percent_tenths, language),
        "amount": line.amount.format(language),
    }


def rate_row(rate: VatAtRate, language: str) -> list[str]:
    amounts = (amount.format(language) for amount in (rate.net, rate.vat, rate.gross))
    return [percent(rate.percent_tenths, language), *amounts]


def sums(rates: list[VatAtRate], language: str) -> list[str] | None:
    """None: a single rate is its own sum."""
    if len(rates) == 1:
        return None
    columns = ([rate.net for rate in rates], [rate.vat for rate in rates], [rate.gross for rate in rates])
    return [say(language, "Total"), *(Money.sum(column).format(language) for column in columns)]


def exempt(rates: list[VatAtRate], language: str) -> str | None:
    if all(rate.percent_tenths for rate in rates):
        return None
    return say(language, "Items at 0% are exempt from VAT or not subject to it.")


def allowance_row(allowed: Allowed, language: str) -> list[str]:
    included, whose = say(language, "unlimited"), say(language, "All numbers together")
    if allowed.included is not None:
        included = total(allowed.kind, allowed.included, language)
    if allowed.number:
        whose = shown(allowed.number, is_mobile=allowed.number_kind == LineKind.MOBILE)
    name = say(language, ALLOWANCES[AllowanceKind(allowed.kind)])
    return [whose, name, total(allowed.kind, allowed.used, language), included]
