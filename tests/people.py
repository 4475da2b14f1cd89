"""The people of the stories and what they have: each call writes real rows and returns them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TypeVar

from piccolo.table import Table

from portal import reference
from portal.billing.tables import Bill, BillLine
from portal.customers.tables import Account, Contract, Customer, CustomerKind, Line, LineKind, Package, PackageKind
from portal.identity.tables import Access, Device, Login, Session
from portal.web import tokens
from tests.visiting import Visitor

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)

_numbers = count(1)

Row = TypeVar("Row", bound=Table)


@dataclass
class Person:
    """A customer with one account, one contract, one line and, if registered, a login."""

    customer: Customer
    account: Account
    contract: Contract
    line: Line
    login: Login | None
    bills: list[Bill] = field(default_factory=list)

    async def bill(
        self,
        cents: int = 3_246,
        *,
        due: date = TODAY - timedelta(days=10),
        issued: date | None = None,
        open_cents: int | None = None,
    ) -> Bill:
        """A bill, unpaid unless `open_cents` says otherwise. Issued eighteen days before it is due."""
        bill = await a_bill(self.account, cents, due=due, issued=issued, open_cents=open_cents)
        self.bills.append(bill)
        return bill


async def a_person(
    name: str = "Bojan Kralj",
    *,
    kind: CustomerKind = CustomerKind.PERSON,
    package: PackageKind = PackageKind.MOBILE,
    registered: bool = True,
) -> Person:
    n = next(_numbers)
    mobile = f"+38641{n:06d}"
    customer = await saved(
        Customer(
            number=f"{1_000_000 + n}",
            kind=kind,
            name=name,
            contact_number=mobile,
            email=f"person{n}@example.test",
            street="Glavna ulica 1",
            postcode="1000",
            city="Ljubljana",
            since=date(2020, 1, 1),
        )
    )
    account = await saved(an_account(customer, f"{2_000_000 + n}"))
    contract = await saved(
        Contract(
            account=account.id, package=(await a_package(package)).id, number=f"P{n:06d}", concluded_on=date(2020, 1, 1)
        )
    )
    fixed = package.is_fixed
    line = await saved(
        Line(
            account=account.id,
            contract=contract.id,
            kind=LineKind.FIXED if fixed else LineKind.MOBILE,
            number=f"F{n:06d}" if fixed else mobile,
        )
    )
    login = await a_login(name, mobile, customer) if registered else None
    return Person(customer, account, contract, line, login)


def an_account(customer: Customer, number: str) -> Account:
    return Account(customer=customer.id, number=number, reference=reference.si12_of_account(number))


async def a_login(name: str, mobile: str, *customers: Customer, email: str | None = None) -> Login:
    login = await saved(Login(contact_number=mobile, email=email, name=name, created_at=NOON))
    for customer in customers:
        await saved(Access(login=login.id, customer=customer.id))
    return login


async def a_package(kind: PackageKind) -> Package:
    found = await Package.objects().where(Package.kind == kind).first()
    return found or await saved(Package(code=f"{kind}-test", kind=kind, name=f"Paket {kind}", monthly_cents=2_499))


async def a_bill(
    account: Account, cents: int, *, due: date, issued: date | None = None, open_cents: int | None = None
) -> Bill:
    n = next(_numbers)
    issued = issued or due - timedelta(days=18)
    bill = await saved(
        Bill(
            account=account.id,
            number=f"R{n:08d}",
            reference=reference.si12(n),
            issued_on=issued,
            due_on=due,
            period_from=issued - timedelta(days=30),
            period_to=issued - timedelta(days=1),
            total_cents=cents,
            open_cents=cents if open_cents is None else open_cents,
        )
    )
    await saved(BillLine(bill=bill.id, position=1, description="Naročnina", amount_cents=cents))
    return bill


async def signed_in(visitor: Visitor, person: Person, *, at: datetime | None = None) -> Visitor:
    """Give the browser a session as signing in would, without walking through the code."""
    assert person.login is not None
    at = at or datetime.now(UTC)
    token, known = tokens.new_token(), tokens.new_token()
    device = await saved(
        Device(
            login=person.login.id, token_hash=tokens.hashed(known), label="Chrome, Android", created_at=at, seen_at=at
        )
    )
    await saved(
        Session(
            token_hash=tokens.hashed(token),
            login=person.login.id,
            device=device.id,
            address="203.0.113.7",
            created_at=at,
            seen_at=at,
            idle_ends_at=at + timedelta(minutes=30),
            ends_at=at + timedelta(hours=12),
        )
    )
    visitor.client.cookies.set(tokens.SESSION, token, domain="moj.test", path="/")
    return visitor


async def saved(row: Row) -> Row:
    await row.save()
    return row
