"""What the Typst template of a bill is given: every word in its language, every amount written out.

Source: ZDDV-1, article 82 (what an invoice states), and article 81 (what a document that changes one refers to).
"""

from __future__ import annotations

from typing import Any

from portal import reference
from portal.billing import vat
from portal.billing.grouping import grouped
from portal.billing.pdf.order import order_of
from portal.billing.pdf.reading import Printed
from portal.billing.pdf.tables import allowance_row, exempt, group_of, rate_row, sums
from portal.billing.pdf.words import CORRECTIONS, title_of
from portal.billing.tables import BillKind
from portal.customers.tables import CustomerKind
from portal.refusals import N_
from portal.settings import settings
from portal.web.templating import unbroken
from portal.web.wording import day, long_date, month, say

REGION = {"sl": "SI"}


def sheet(printed: Printed, language: str) -> dict[str, Any]:
    """The same bill gives the same sheet, whatever was paid of it since."""
    title = title_of(printed.bill.kind, printed.bill.number, language)
    rates = vat.by_rate(printed.positions)
    return {
        "language": language,
        "region": REGION.get(language),
        "title": title,
        "subtitle": month(printed.bill.period_to, language),
        "running": f"{title}, {printed.customer.name}",
        "operator": {"name": settings().payee, "lines": supplier(language)},
        "customer": addressee(printed),
        "facts": facts(printed, language),
        "summary": summary(printed, language),
        "correction": correction(printed, language),
        "groups": [group_of(group, language) for group in grouped(printed.positions)],
        "total": printed.bill.total.format(language),
        "vat": [rate_row(rate, language) for rate in rates],
        "vat-sums": sums(rates, language),
        "exempt": exempt(rates, language),
        "allowances": [allowance_row(allowed, language) for allowed in printed.allowances],
        "upn": order_of(printed.bill, printed.customer, language),
        "words": words(language),
    }


def supplier(language: str) -> list[str]:
    ours = settings()
    identified = say(language, "VAT ID: %(number)s", number=ours.payee_vat_id) if ours.payee_vat_id else ""
    return [line for line in (ours.payee_street, ours.payee_city, identified, ours.host) if line]


def addressee(printed: Printed) -> list[str]:
    customer = printed.customer
    return [customer.name, customer.street, f"{customer.postcode} {customer.city}"]


def facts(printed: Printed, language: str) -> list[tuple[str, str]]:
    bill, customer = printed.bill, printed.customer
    company = customer.kind == CustomerKind.COMPANY
    period = f"{long_date(bill.period_from, language)} – {long_date(bill.period_to, language)}"
    known = [
        (say(language, "Issued on"), long_date(bill.issued_on, language)),
        (say(language, "Period"), period),
        (say(language, "Due on"), long_date(bill.due_on, language) if is_to_be_paid(printed) else None),
        (say(language, "Reference"), unbroken(reference.show(bill.reference)) if is_to_be_paid(printed) else None),
        (say(language, "Customer number"), customer.number),
        (say(language, "Account number"), printed.account_number),
        (say(language, "Tax number"), customer.tax_number if company else None),
    ]
    return [(label, fact) for label, fact in known if fact]


def is_to_be_paid(printed: Printed) -> bool:
    """As it was issued, whatever was paid since."""
    return printed.bill.total.is_positive


def summary(printed: Printed, language: str) -> dict[str, str | None]:
    bill = printed.bill
    if bill.is_credit_note:
        label, note = say(language, "In your favour"), say(language, "There is nothing to pay.")
    elif not is_to_be_paid(printed):
        label, note = say(language, "Nothing to pay"), None
    else:
        label = say(language, "To pay")
        note = say(language, "Due %(day)s.", day=f"{day(bill.due_on, language)} {bill.due_on.year}")
    return {
        "label": label,
        "note": note,
        "amount": (-bill.total if bill.is_credit_note else bill.total).format(language),
    }


def correction(printed: Printed, language: str) -> str | None:
    if printed.corrected is None:
        return None
    number, issued_on = printed.corrected
    return say(language, CORRECTIONS[BillKind(printed.bill.kind)], number=number, day=long_date(issued_on, language))


def words(language: str) -> dict[str, Any]:
    ours = settings()
    care, collections = unbroken(ours.portal_care_number), unbroken(ours.portal_collections_number)
    return {
        "page-of": say(language, "Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
        "help": say(
            language, "Help: %(care)s · Payment and suspension: %(collections)s", care=care, collections=collections
        ),
        "made-of": say(language, "Items"),
        "items": [say(language, "Item"), say(language, "VAT"), say(language, "Amount with VAT")],
        "total": say(language, "Total"),
        "vat": say(language, "VAT by rate"),
        "rates": [say(language, word) for word in RATES],
        "allowances": say(language, "Used of what your packages include"),
        "used": [say(language, word) for word in USED],
    }


RATES = (N_("Rate"), N_("Without VAT"), N_("VAT"), N_("With VAT"))
USED = (N_("Number"), N_("Allowance"), N_("Used in the period"), N_("Included"))
