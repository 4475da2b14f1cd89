"""What of a customer's open bills is asked for now, and how much that is. What is disputed of them is not."""

from __future__ import annotations

from datetime import date

from portal.billing.tables import Bill
from portal.money import Money


def overdue(bills: list[Bill], today: date) -> list[Bill]:
    """Those whose due day has passed with something open that nobody objects to."""
    return [bill for bill in bills if bill.undisputed.is_positive and bill.is_overdue(today)]


SMALLEST_PAYMENT = Money(50)
"""What can be paid by card at all: Stripe's smallest charge in euro."""
LARGEST_ADVANCE = Money(200_000)
"""How much can be paid ahead at once: more is a slip of the finger rather than years of bills."""


def to_pay_now(unpaid: list[Bill], today: date) -> list[Bill]:
    """What one button pays: everything overdue, since that is what keeps or brings back the services; else all.

    A few cents overdue are paid together with what is not due yet, because they cannot be paid alone.
    """
    late = overdue(unpaid, today)
    return late if can_be_paid_alone(still_open(late)) else [bill for bill in unpaid if bill.undisputed.is_positive]


def can_be_paid_alone(amount: Money) -> bool:
    return amount >= SMALLEST_PAYMENT


def still_open(bills: list[Bill]) -> Money:
    """What is asked for of these bills together."""
    return Money.sum(bill.undisputed for bill in bills)


def asked_of(bill: Bill) -> Money:
    """What a bill's own button pays: what is undisputed; all that is open where all of that is disputed."""
    return bill.undisputed if bill.undisputed.is_positive else bill.open


IS_OWED = "open_cents > 0 AND open_cents > disputed_cents"
"""Of a bill in SQL: something of it is open and nobody objects to that. The index of open bills asks for the first."""


def owed_cents(account: str, today: str) -> str:
    """All that is overdue and not disputed, in SQL; `account` and `today` are SQL too: `c.account`, `$1`."""
    return f"""(
        SELECT coalesce(sum(open_cents - disputed_cents), 0)::bigint FROM bills
        WHERE account = {account} AND {IS_OWED} AND due_on < {today}
    )"""  # noqa: S608 - our own words


def can_reconnect(account: str) -> str:
    """Whether paying connects the account again, in SQL: it is suspended, and its contracts have not ended.

    The tables of dunning are a floor up: they are read here by SQL and nothing else.
    """
    return f"""EXISTS (
        SELECT FROM suspensions s
        LEFT JOIN terminations e ON e.dunning_case = s.dunning_case AND e.reversed_at IS NULL
        WHERE s.account = {account} AND s.ended_at IS NULL AND e.id IS NULL
    )"""
