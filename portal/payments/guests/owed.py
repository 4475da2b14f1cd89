"""What a guest may see of an account: amounts, days and initials."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from portal.billing import open_items
from portal.billing.open_items import can_reconnect
from portal.billing.tables import Bill
from portal.customers.tables import Account
from portal.statements import Statement, row_of

WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Holder:
    id: UUID
    number: str
    customer: UUID
    name: str
    is_suspended: bool
    """And can be connected again: once the contracts ended, no payment does that."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Money for a bill that is on its way, or has come and is looked at. `is_guests`: a guest began to pay it."""

    bill: UUID
    attempt: UUID
    is_guests: bool


@dataclass(frozen=True)
class Owed:
    """`bills`: what is asked for, the longest due first, without those `under_way`."""

    holder: Holder
    bills: list[Bill]
    under_way: list[UnderWay]
    today: date

    @property
    def account(self) -> Account:
        holder = self.holder
        return row_of(Account, [("id", holder.id), ("number", holder.number), ("customer", holder.customer)])

    @property
    def initials(self) -> str:
        return initials(self.holder.name)

    @cached_property
    def overdue(self) -> list[Bill]:
        return open_items.overdue(self.bills, self.today)

    @cached_property
    def now(self) -> list[Bill]:
        """What is paid if nothing is chosen."""
        return open_items.to_pay_now(self.bills, self.today)

    @property
    def is_cut_off(self) -> bool:
        return self.holder.is_suspended

    @property
    def seen_under_way(self) -> UUID | None:
        """A payment under way whose progress a guest may look at."""
        return next((payment.attempt for payment in self.under_way if payment.is_guests), None)


async def owed_on(account_number: str, today: date) -> Owed | None:
    """None: there is no such account any more."""
    holder = await HOLDER.first(number=account_number)
    if holder is None:
        return None
    under_way = await UNDER_WAY.all(account=holder.id)
    awaited = {payment.bill for payment in under_way}
    unpaid = (
        await Bill.objects().where(Bill.account == holder.id, Bill.open_cents > 0).order_by(Bill.due_on, Bill.number)
    )
    bills = [bill for bill in unpaid if bill.undisputed and bill.id not in awaited]
    return Owed(holder, bills, under_way, today)


def initials(name: str) -> str:
    """`Ana Zupan` → `A. Z.`, `Kos in sin d.o.o.` → `K. i. s. d. o. o.`"""
    return " ".join(f"{word[0]}." for word in WORD.findall(name))


HOLDER = Statement(
    f"""
    SELECT a.id, a.number, a.customer, c.name,
           {can_reconnect("a.id")} AS is_suspended
    FROM accounts a JOIN customers c ON c.id = a.customer WHERE a.number = $1
    """,  # noqa: S608 - our own words
    Holder,
    ("number",),
)
UNDER_WAY = Statement(
    """
    SELECT DISTINCT ON (ab.bill) ab.bill, p.id AS attempt, p.login IS NULL AS is_guests
    FROM payment_attempts p JOIN attempt_bills ab ON ab.attempt = p.id
    WHERE p.account = $1 AND p.state IN ('pending', 'held') ORDER BY ab.bill, p.updated_at DESC
    """,
    UnderWay,
    ("account",),
)
