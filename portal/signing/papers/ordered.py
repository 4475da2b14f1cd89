"""What the documents of an order tell: the order and its terms, for whom, of what it is, and what is sold that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from portal.clock import day_of
from portal.customers.tables import Customer, CustomerKind, Package, PackageKind
from portal.services.catalogue import Service, current
from portal.signing.orders.terms import Terms
from portal.signing.tables import Order, OrderKind
from portal.statements import Statement

MOBILE = (PackageKind.MOBILE, PackageKind.FLEX)
FIXED = (PackageKind.KOMBO,)


@dataclass(frozen=True, slots=True)
class Concerned:
    """What the order is about, as far as it names it."""

    account_number: str | None
    line_number: str | None
    line_kind: str | None
    contract_number: str | None
    concluded_on: date | None


@dataclass(frozen=True)
class Ordered:
    """Everything the documents of one order say. `packages`: those for sale of its sort, the dearest last."""

    order: Order
    terms: Terms
    customer: Customer
    concerned: Concerned
    packages: list[Package]

    @property
    def language(self) -> str:
        return str(self.order.language)

    @property
    def kind(self) -> OrderKind:
        return OrderKind(self.order.kind)

    @cached_property
    def day(self) -> date:
        return day_of(self.order.placed_at)

    @property
    def is_consumer(self) -> bool:
        return self.customer.kind == CustomerKind.PERSON

    @property
    def has_commitment(self) -> bool:
        return bool(self.terms.commitment_months or self.order.committed_until)

    @property
    def services(self) -> list[Service]:
        """What can be switched on with such a package, in the catalogue of that day."""
        sort = set(sort_of(self.kind))
        return [one for one in current(self.day).services if one.is_sold and sort & set(one.packages)]


def sort_of(kind: OrderKind) -> tuple[PackageKind, ...]:
    return FIXED if kind == OrderKind.FIXED else MOBILE


async def ordered_of(order: Order, customer: Customer) -> Ordered:
    concerned = await CONCERNED.first(account=order.account, line=order.line, contract=order.contract)
    packages = await PACKAGES.all(kinds=[str(kind) for kind in sort_of(OrderKind(order.kind))])
    return Ordered(order, Terms.of(order), customer, concerned or NOTHING, packages)


NOTHING = Concerned(None, None, None, None, None)

CONCERNED = Statement(
    """
    SELECT a.number AS account_number, l.number AS line_number, l.kind AS line_kind,
           c.number AS contract_number, c.concluded_on
    FROM (VALUES ($1::uuid, $2::uuid, $3::uuid)) AS o (account, line, contract)
    LEFT JOIN accounts a ON a.id = o.account
    LEFT JOIN lines l ON l.id = o.line
    LEFT JOIN contracts c ON c.id = COALESCE(o.contract, l.contract)
    """,
    Concerned,
    ("account", "line", "contract"),
)
PACKAGES = Statement(
    "SELECT * FROM packages WHERE kind = ANY($1::text[]) ORDER BY monthly_cents, name", Package, ("kinds",)
)
