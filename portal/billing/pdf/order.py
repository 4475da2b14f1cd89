"""The payment order at the foot of a bill's document: the data of a UPN form, and their QR code."""

from __future__ import annotations

from typing import Any

from portal import reference
from portal.billing.tables import Bill
from portal.billing.upn import qr as upn_qr
from portal.billing.upn.order import Payer, UpnOrder, order_of_bill
from portal.customers.tables import Customer
from portal.settings import settings
from portal.web.templating import iban, unbroken
from portal.web.wording import long_date, say


def order_of(bill: Bill, customer: Customer, language: str) -> dict[str, Any] | None:
    """For all that was billed, so that the document does not depend on what was paid since.

    None: nothing can be paid by it (a credit note, a bill of zero, no account to pay to).
    """
    order = order_of_bill(bill, Payer.of(customer), language, amount=bill.total)
    if order is None:
        return None
    return {
        "heading": say(language, "Pay with UPN QR"),
        "how": say(language, "Scan the code with your bank's app, or copy the data into a payment order."),
        "alt": say(language, "UPN QR code to pay %(amount)s", amount=order.amount.format(language)),
        "qr": upn_qr.svg(order.payload).decode(),
        "fields": fields(order, bill, language),
        "online": say(language, "Pay by card at %(address)s.", address=f"{settings().host}/pay"),
    }


def fields(order: UpnOrder, bill: Bill, language: str) -> list[tuple[str, str]]:
    payee = ", ".join(part for part in (order.payee.name, order.payee.street, order.payee.city) if part)
    return [
        (say(language, "Payee"), payee),
        (say(language, "IBAN"), iban(order.iban)),
        (say(language, "Reference"), unbroken(reference.show(order.reference))),
        (say(language, "Amount"), order.amount.format(language)),
        (say(language, "Purpose"), f"{order.purpose_code} · {order.purpose}"),
        (say(language, "Due on"), long_date(bill.due_on, language)),
    ]
