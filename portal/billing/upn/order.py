"""What a UPN QR code says: a payment order that a bank's app reads from a picture.

Source: Združenje bank Slovenije, «UPN QR – tehnični standard», 1.1 (November 2016), 5.2 «Struktura zapisa kode QR»:
twenty fields of ISO 8859-2, each ended by LF, the last one the count of all before it; at most 411 characters. The
reserve after them is not used. Of the purpose codes (Kode namenov, 2019) TBIL is «Račun za telekomunikacije».
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

from portal.billing.tables import Bill, BillKind
from portal.billing.upn.latin2 import latin2
from portal.customers.tables import Customer
from portal.money import Money
from portal.refusals import N_
from portal.settings import settings
from portal.web.wording import say

ENCODING = "iso-8859-2"
TELECOMMUNICATIONS_BILL = "TBIL"
LONGEST_NAME = 33
LONGEST_PURPOSE = 42
LARGEST = Money(99_999_999_999)


@dataclass(frozen=True, slots=True)
class Payer:
    """`city`: with its postcode, as on an envelope. So is the payee of an order."""

    name: str
    street: str
    city: str

    @classmethod
    def of(cls, customer: Customer) -> Self:
        return cls(customer.name, customer.street, f"{customer.postcode} {customer.city}")

    @property
    def fields(self) -> tuple[str, str, str]:
        return latin2(self.name, LONGEST_NAME), latin2(self.street, LONGEST_NAME), latin2(self.city, LONGEST_NAME)


@dataclass(frozen=True, slots=True)
class UpnOrder:
    """What is paid to whom. The names are as their owners write them: the code bears what Latin-2 has of them."""

    payer: Payer
    amount: Money
    purpose: str
    due_on: date | None
    iban: str
    reference: str
    payee: Payer
    purpose_code: str = TELECOMMUNICATIONS_BILL

    @property
    def payload(self) -> str:
        counted = "".join(f"{field}\n" for field in self.fields)
        return f"{counted}{len(counted):03d}\n"

    @property
    def fields(self) -> tuple[str, ...]:
        """The nineteen fields that are counted. What a payer fills in (account, deposit, day, urgency) is empty."""
        due = f"{self.due_on:%d.%m.%Y}" if self.due_on else ""
        return (
            *("UPNQR", "", "", "", ""),
            *self.payer.fields,
            f"{self.amount.cents:011d}",
            *("", "", self.purpose_code, latin2(self.purpose, LONGEST_PURPOSE), due),
            *(self.iban, self.reference),
            *self.payee.fields,
        )


PURPOSES = {BillKind.BILL: N_("Bill %(number)s"), BillKind.DEBIT_NOTE: N_("Debit note %(number)s")}


def order_of_bill(bill: Bill, payer: Payer, language: str, amount: Money | None = None) -> UpnOrder | None:
    """`amount`: what is asked for of it when not said. None: nothing to pay, or no account to pay to (PAYEE_IBAN)."""
    asked = bill.undisputed if amount is None else amount
    if bill.is_credit_note:
        return None
    purpose = say(language, PURPOSES[BillKind(bill.kind)], number=bill.number)
    return order(bill.reference, asked, payer, bill.due_on, purpose)


def order_of_account(
    reference: str | None, amount: Money, payer: Payer, due_on: date, language: str
) -> UpnOrder | None:
    """All that is overdue, by the account's own reference. None as above, or for an account without one."""
    return order(reference, amount, payer, due_on, say(language, N_("Payment of overdue bills")))


def order(reference: str | None, amount: Money, payer: Payer, due_on: date, purpose: str) -> UpnOrder | None:
    iban = settings().payee_iban.replace(" ", "").upper()
    if not (iban and reference and amount.is_positive and amount <= LARGEST):
        return None
    return UpnOrder(payer, amount, purpose, due_on, iban, reference, payee())


def payee() -> Payer:
    ours = settings()
    return Payer(ours.payee, ours.payee_street, ours.payee_city)
