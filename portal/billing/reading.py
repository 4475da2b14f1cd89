"""What pages read of bills, each by one statement that is compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portal.billing.tables import Bill, BillLine
from portal.customers.tables import Account
from portal.money import Money
from portal.statements import Slot, Statement

PAGE = 12

OPEN_OR_NEWEST = Statement(
    Bill.objects()
    .where(
        Bill.account == Slot("account"),
        (Bill.open_cents > 0)
        | Bill.id.is_in(
            Bill.select(Bill.id)
            .where(
                Bill.account == Slot("account"),
                (Bill.issued_on < Slot("day")) | ((Bill.issued_on == Slot("day")) & (Bill.number < Slot("number"))),
            )
            .order_by(Bill.issued_on, Bill.number, ascending=False)
            .limit(PAGE + 1)
        ),
    )
    .order_by(Bill.issued_on, Bill.number, ascending=False),
    Bill,
)
LINES = Statement(
    BillLine.objects().where(BillLine.bill == Slot("bill")).order_by(BillLine.position),
    BillLine,
)


class Place(NamedTuple):
    """A place among an account's bills: before the bill of this day and number."""

    day: date
    number: str

    @classmethod
    def read(cls, text: str) -> Place | None:
        """`2026-03-01.104417`, as `str()` writes it; anything else: None."""
        day, _, number = text.partition(".")
        try:
            return cls(date.fromisoformat(day), number[:20])
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.day}.{self.number}"


@dataclass(frozen=True, slots=True)
class Bills:
    """`unpaid`: the longest due first. `issued`: at most twelve, newest first; `older`: where the rest goes on."""

    unpaid: list[Bill]
    issued: list[Bill]
    older: Place | None


async def bills_of(account: Account, before: Place) -> Bills:
    """Every bill with something still to pay, and the last ones before a place."""
    rows = await OPEN_OR_NEWEST.all(account=account.id, day=before.day, number=before.number)
    unpaid = sorted((bill for bill in rows if bill.open_cents), key=lambda bill: (bill.due_on, bill.number))
    issued = [bill for bill in rows if place_of(bill) < before]
    return Bills(unpaid, issued[:PAGE], place_of(issued[PAGE - 1]) if len(issued) > PAGE else None)


def place_of(bill: Bill) -> Place:
    return Place(bill.issued_on, bill.number)


async def lines_of(bill: Bill) -> list[BillLine]:
    return await LINES.all(bill=bill.id)


def overdue(bills: list[Bill], today: date) -> list[Bill]:
    return [bill for bill in bills if bill.is_overdue(today)]


def to_pay_now(unpaid: list[Bill], today: date) -> list[Bill]:
    """What one button pays: everything overdue, since that is what keeps or brings back the services; else all."""
    return overdue(unpaid, today) or unpaid


def still_open(bills: list[Bill]) -> Money:
    return Money.sum(bill.open for bill in bills)
