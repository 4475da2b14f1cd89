"""The payment orders of a customer's account, each by one statement that starts from the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from portal.billing.tables import Bill
from portal.billing.upn.order import Payer, UpnOrder, order_of_account, order_of_bill
from portal.customers.tables import Account
from portal.money import Money
from portal.settings import settings
from portal.statements import Statement, row_of


class Billed:
    """A bill and who pays it."""

    __slots__ = ("bill", "payer")

    def __init__(self, *, name: str, street: str, postcode: str, city: str, **bill: Any) -> None:
        self.bill = row_of(Bill, bill.items())
        self.payer = Payer(name, street, f"{postcode} {city}")


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is asked for of all that is overdue. `due_on`: the longest due; null where nothing is."""

    name: str
    street: str
    postcode: str
    city: str
    reference: str | None
    cents: int
    due_on: date | None


BILLED = Statement(
    """
    SELECT c.name, c.street, c.postcode, c.city,
           b.id, b.kind, b.number, b.reference, b.due_on, b.total_cents, b.open_cents, b.disputed_cents
    FROM bills b JOIN accounts a ON a.id = b.account JOIN customers c ON c.id = a.customer
    WHERE b.account = $1 AND b.id = $2
    """,
    Billed,
    ("account", "bill"),
)
OVERDUE = Statement(
    """
    SELECT c.name, c.street, c.postcode, c.city, a.reference, o.cents, o.due_on
    FROM accounts a JOIN customers c ON c.id = a.customer
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(open_cents - disputed_cents), 0)::bigint AS cents, min(due_on) AS due_on
        FROM bills WHERE account = a.id AND open_cents > disputed_cents AND due_on < $2
    ) o
    WHERE a.id = $1
    """,
    Overdue,
    ("account", "today"),
)


async def of_bill(account: Account, bill: UUID, language: str) -> UpnOrder | None:
    """None: missing, of another account, or nothing that a bank can pay (see order_of_bill)."""
    billed = await BILLED.first(account=account.id, bill=bill)
    return order_of_bill(billed.bill, billed.payer, language) if billed else None


async def of_overdue(account: Account, today: date, language: str) -> UpnOrder | None:
    """All overdue bills together, by the account's own reference. None: nothing of that, or as above."""
    if not settings().payee_iban:
        return None
    row = await OVERDUE.first(account=account.id, today=today)
    if row is None or row.due_on is None:
        return None
    payer = Payer(row.name, row.street, f"{row.postcode} {row.city}")
    return order_of_account(row.reference, Money(row.cents), payer, row.due_on, language)
