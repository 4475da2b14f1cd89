"""What of a customer's open bills is asked for now, and how much that is."""

from __future__ import annotations

from datetime import date

from portal.billing.tables import Bill
from portal.money import Money


def overdue(bills: list[Bill], today: date) -> list[Bill]:
    return [bill for bill in bills if bill.is_overdue(today)]


SMALLEST_PAYMENT = Money(50)
"""What can be paid by card at all: Stripe's smallest charge in euro."""


def to_pay_now(unpaid: list[Bill], today: date) -> list[Bill]:
    """What one button pays: everything overdue, since that is what keeps or brings back the services; else all.

    A few cents overdue are paid together with what is not due yet, because they cannot be paid alone.
    """
    late = overdue(unpaid, today)
    return late if can_be_paid_alone(still_open(late)) else unpaid


def can_be_paid_alone(amount: Money) -> bool:
    return amount >= SMALLEST_PAYMENT


def still_open(bills: list[Bill]) -> Money:
    return Money.sum(bill.open for bill in bills)
