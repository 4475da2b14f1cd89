"""What pages read of bills, each by one statement that is compiled once."""

from __future__ import annotations

from datetime import date

from portal.billing.tables import Bill, BillLine
from portal.customers.tables import Account
from portal.money import Money
from portal.statements import Slot, Statement

PAGE = 12

OPEN = Statement(
    Bill.objects().where(Bill.account == Slot("account"), Bill.open_cents > 0).order_by(Bill.due_on, Bill.number), Bill
)
ISSUED_BEFORE = Statement(
    Bill.objects()
    .where(Bill.account == Slot("account"), Bill.issued_on < Slot("before"))
    .order_by(Bill.issued_on, Bill.number, ascending=False)
    .limit(PAGE + 1),
    Bill,
)
LINES = Statement(
    BillLine.objects().where(BillLine.bill == Slot("bill")).order_by(BillLine.position),
    BillLine,
)


async def open_bills(account: Account) -> list[Bill]:
    """Every bill with something still to pay, the longest due first."""
    return await OPEN.all(account=account.id)


async def bills_before(account: Account, before: date) -> tuple[list[Bill], date | None]:
    """At most twelve bills issued before a day, newest first, and the day to go on from if there are older ones."""
    bills = await ISSUED_BEFORE.all(account=account.id, before=before)
    return bills[:PAGE], bills[PAGE - 1].issued_on if len(bills) > PAGE else None


async def lines_of(bill: Bill) -> list[BillLine]:
    return await LINES.all(bill=bill.id)


def overdue(bills: list[Bill], today: date) -> list[Bill]:
    return [bill for bill in bills if bill.is_overdue(today)]


def to_pay_now(unpaid: list[Bill], today: date) -> list[Bill]:
    """What one button pays: everything overdue, since that is what keeps or brings back the services; else all."""
    return overdue(unpaid, today) or unpaid


def still_open(bills: list[Bill]) -> Money:
    return Money.sum(bill.open for bill in bills)
