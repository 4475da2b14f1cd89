"""Rows of an invented customer: who they are, what is connected and what was billed and paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from asyncpg import Connection
from piccolo.table import Table

from portal import reference
from portal.billing.tables import Bill, BillAllowance, BilledCall, BillKind, BillLine
from portal.customers.tables import Account, Contract, Customer, CustomerKind, Line, LineKind, PackageKind
from portal.identity.tables import Access, Login
from portal.payments.tables import Allocation, Credit, Payment
from portal.sandbox import billed, had, metered
from portal.sandbox.had import ALWAYS, Had
from portal.sandbox.metered import Use
from portal.sandbox.past import Deed
from portal.sandbox.sold import PACKAGES, Item, known
from portal.usage.tables import SpendingLimit

PAYMENT_TERM = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Bond:
    """What a contract was concluded for: how long it binds, and the cents of the benefit that was received for it."""

    concluded_on: date
    until: date
    benefit_cents: int


@dataclass
class Household:
    """One customer with its accounts. `serial` (1 to 899) begins all its numbers; `packages`: of its lines."""

    serial: int
    customer: Customer
    accounts: list[Account] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    packages: dict[UUID, str] = field(default_factory=dict)
    bills: list[Bill] = field(default_factory=list)
    rows: list[Table] = field(default_factory=list)
    past: list[Deed] = field(default_factory=list)
    measured: list[Use] = field(default_factory=list)
    had: list[Had] = field(default_factory=list)

    @classmethod
    def named(
        cls, serial: int, name: str, mobile: str, street: str, *, since: date, kind: CustomerKind = CustomerKind.PERSON
    ) -> Household:
        person = kind == CustomerKind.PERSON
        customer = Customer(
            id=known(f"customer {serial}"),
            number=f"1{serial:03d}000",
            kind=kind,
            name=name,
            tax_number=f"{10_000_000 + serial}",
            contact_number=mobile,
            email=f"{first_name(name)}@example.com" if person else "racuni@example.com",
            street=street,
            postcode="1000",
            city="Ljubljana",
            since=since,
        )
        return cls(serial, customer, rows=[customer])

    def registered(self, name: str, mobile: str, at: datetime) -> None:
        login = Login(
            id=known(f"login {self.serial}"),
            contact_number=mobile,
            email=f"{first_name(name)}@example.com",
            name=name,
            created_at=at,
        )
        self.rows.append(login)
        self.seen_by(self.serial)

    def seen_by(self, serial: int) -> None:
        """Whoever signs in for the household of that serial sees this one too."""
        access = Access(
            id=known(f"access {serial} {self.serial}"), login=known(f"login {serial}"), customer=self.customer.id
        )
        self.rows.append(access)

    def account(self) -> Account:
        n = len(self.accounts) + 1
        number = f"2{self.serial:03d}00{n}"
        account = Account(
            id=known(f"account {self.serial} {n}"),
            customer=self.customer.id,
            number=number,
            reference=reference.si12_of_account(number),
        )
        self.accounts.append(account)
        self.rows.append(account)
        return account

    def line(self, account: Account, package: str, number: str, bond: Bond | None = None) -> Line:
        """A contract and what it connects, under `number`."""
        kind = LineKind.FIXED if PackageKind(PACKAGES[package].kind).is_fixed else LineKind.MOBILE
        contract = Contract(
            id=known(f"contract {number}"),
            account=account.id,
            package=PACKAGES[package].id,
            number=f"P{number[-9:]}",
            concluded_on=bond.concluded_on if bond else self.customer.since,
            committed_until=bond.until if bond else None,
            benefit_cents=bond.benefit_cents if bond else 0,
        )
        line = Line(id=known(f"line {number}"), account=account.id, contract=contract.id, kind=kind, number=number)
        self.lines.append(line)
        self.packages[line.id] = package
        self.rows += [contract, line]
        return line

    def bill(
        self,
        account: Account,
        issued: date,
        items: Sequence[Item],
        *,
        paid: bool = True,
        above_cents: int = 0,
        detailed: bool = False,
    ) -> Bill:
        """A bill for the month before its issue; a paid one with its payment, eight days after it came.

        `detailed`: with what was used of the package, call by call; only where the account has one line.
        """
        paid_at = eight_days_after(issued)
        bill = self.document(account, issued, items)
        only = self.only_line(account)
        if paid:
            bill.open_cents, bill.settled_at = 0, paid_at
            self.rows += billed.payment(bill, paid_at, above_cents=above_cents)
        if detailed and only:
            self.rows += billed.allowances(bill, only, self.packages[only.id])
            self.rows += billed.calls(bill, items, only, self.packages[only.id])
        return bill

    def credit_note(self, corrected: Bill, issued: date, items: Sequence[Item], settles: Bill) -> Bill:
        """It corrects a bill that was paid already, so what it gives back settles a part of the next one."""
        account = next(account for account in self.accounts if account.id == corrected.account)
        note = self.document(account, issued, items, corrected)
        at = datetime.combine(settles.issued_on, time(8), UTC)
        note.open_cents, note.settled_at = 0, at
        settles.open_cents += note.total_cents
        self.rows += billed.given(note, settles, at)
        return note

    def document(self, account: Account, issued: date, items: Sequence[Item], corrected: Bill | None = None) -> Bill:
        """A bill, or the credit note for another, with its lines. All of it is open."""
        n = len(self.bills) + 1
        total = sum(item.cents for item in items)
        bill = Bill(
            id=known(f"bill {self.serial} {n}"),
            account=account.id,
            number=f"{issued.year}-{self.serial:03d}{n:03d}",
            reference=reference.si12(100_000_000_000 + self.serial * 1000 + n),
            issued_on=issued,
            due_on=issued + PAYMENT_TERM,
            period_from=month_before(issued),
            period_to=issued - timedelta(days=1),
            total_cents=total,
            open_cents=total,
            kind=BillKind.CREDIT_NOTE if corrected else BillKind.BILL,
            corrects=corrected.id if corrected else None,
        )
        self.bills.append(bill)
        self.rows += [bill, *billed.bill_lines(bill, items, self.only_line(account))]
        return bill

    def only_line(self, account: Account) -> Line | None:
        lines = [line for line in self.lines if line.account == account.id]
        return lines[0] if len(lines) == 1 else None

    @property
    def owed(self) -> list[Bill]:
        """The unpaid bills, the oldest first."""
        return [bill for bill in self.bills if bill.open_cents]

    def uses(self, line: Line, **how: Any) -> None:
        """Its use is measured: as the bills tell, and in this period as `how` says (see Use)."""
        self.measured.append(Use(line, self.packages[line.id], **how))

    def has(self, line: Line, *services: str, **values: str) -> None:
        """These services are on, besides what every line like it has. `values`: those that are set to something."""
        ordinary = ALWAYS[LineKind(line.kind)]
        self.had.append(Had(line, [*ordinary, *services, *values], values))

    async def save(self) -> None:
        """Write all rows, those first that others refer to."""
        order: tuple[type[Table], ...] = (
            *(Customer, Account, Login, Access, Contract, Line, SpendingLimit),
            *(Bill, BillLine, BillAllowance, BilledCall, Payment, Allocation, Credit),
        )
        for table in order:
            rows = [row for row in self.rows if isinstance(row, table)]
            if rows:
                await table.insert(*rows)

    async def measure(self, connected: Connection, at: datetime) -> None:
        """Write what is used and which services there are, as it is at that moment."""
        items = [row for row in self.rows if isinstance(row, BillLine)]
        await metered.write(connected, self.measured, self.bills, items, at)
        await had.write(self.had, datetime.combine(self.customer.since, time(8), UTC), at)


def eight_days_after(issued: date) -> datetime:
    return datetime.combine(issued + timedelta(days=8), time(8), UTC)


def first_name(name: str) -> str:
    return name.partition(" ")[0].lower()


def months_back(day: date, count: int) -> date:
    """The same day of an earlier month, or the last day of a shorter one."""
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    first = date(year, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def month_before(day: date) -> date:
    return months_back(day, 1)
