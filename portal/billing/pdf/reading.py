"""What stands on the document of a bill: the bill, whom it is for, what it corrects, its lines and allowances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from portal.billing.positions import Position
from portal.billing.showing.reading import POSITIONS
from portal.billing.tables import Bill
from portal.customers.tables import Customer
from portal.statements import Statement, row_of

CUSTOMER = ("number", "kind", "name", "tax_number", "street", "postcode", "city")


class Corrected(NamedTuple):
    """The bill that a document changes."""

    number: str
    issued_on: date


class Headed:
    """A bill beside its customer. `corrected`: None where it corrects nothing."""

    __slots__ = ("account_number", "bill", "corrected", "customer")

    def __init__(self, *, account_number: str, corrected: tuple[Any, ...] | None, **columns: Any) -> None:
        self.account_number = account_number
        self.corrected = Corrected(*corrected) if corrected else None
        self.customer = row_of(Customer, [(name, columns.pop(f"customer_{name}")) for name in CUSTOMER])
        self.bill = row_of(Bill, columns.items())


@dataclass(frozen=True, slots=True)
class Allowed:
    """An allowance with the connection it is for. None: for all of the account together."""

    number: str | None
    number_kind: str | None
    kind: str
    used: int
    included: int | None


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything the document says of one bill."""

    bill: Bill
    customer: Customer
    account_number: str
    corrected: Corrected | None
    positions: list[Position]
    allowances: list[Allowed]


async def printed_of(bill: UUID) -> Printed:
    """Raises LookupError where there is no such bill."""
    head = await HEAD.first(bill=bill)
    if head is None:
        raise LookupError(f"no bill {bill}")
    positions = await POSITIONS.all(bill=bill, last=None)
    allowances = await ALLOWANCES.all(bill=bill)
    return Printed(head.bill, head.customer, head.account_number, head.corrected, positions, allowances)


HEAD = Statement(
    """
    SELECT b.*, a.number AS account_number, c.number AS customer_number, c.kind AS customer_kind,
           c.name AS customer_name, c.tax_number AS customer_tax_number, c.street AS customer_street,
           c.postcode AS customer_postcode, c.city AS customer_city,
           (SELECT ROW(o.number, o.issued_on) FROM bills o WHERE o.id = b.corrects) AS corrected
    FROM bills b JOIN accounts a ON a.id = b.account JOIN customers c ON c.id = a.customer
    WHERE b.id = $1
    """,
    Headed,
    ("bill",),
)
ALLOWANCES = Statement(
    """
    SELECT l.number, l.kind AS number_kind, w.kind, w.used, w.included
    FROM bill_allowances w LEFT JOIN lines l ON l.id = w.line
    WHERE w.bill = $1 ORDER BY l.number NULLS FIRST, w.kind
    """,
    Allowed,
    ("bill",),
)
