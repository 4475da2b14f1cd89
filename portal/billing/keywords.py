"""RACUN to 9443: the open items of whoever holds the number, and what is needed to pay them.

Source: izklop-storitev.txt, IV. An answer goes to a number and not to a person who signed in. So it names bills only
where the customer has told us that number, or where it can be nobody else's; to every other number, known or not, the
same words are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.billing.pay_links import pay_link
from portal.customers.holding import HOLDERS
from portal.messaging.keywords import keyword
from portal.messaging.segments import segments
from portal.messaging.sending import Told
from portal.messaging.tables import InboundMessage
from portal.messaging.templates import template
from portal.messaging.wording import sms_text
from portal.money import Money
from portal.settings import settings
from portal.statements import Statement
from portal.web.wording import DEFAULT_LANGUAGE

WORD, NUMBER = "RACUN", "9443"
"""As they are printed on bills and told to customers: an operator that has others changes them here."""
MOST_ITEMS = 12


@dataclass(frozen=True, slots=True)
class Held:
    """An open bill of a customer who holds the number; a customer without any is one row without a bill."""

    customer: UUID
    language: str
    account_number: str | None
    reference: str | None
    due_on: date
    open_cents: int
    is_under_way: bool
    """Money for it is on its way, or has come and is looked at."""


@keyword(WORD, NUMBER)
async def open_items(asked: InboundMessage, at: datetime) -> Told:
    rows = await HELD.all(number=asked.sender)
    if not rows:
        return Told("open_items_on_portal", DEFAULT_LANGUAGE)
    language, customer = rows[0].language, the_only([row.customer for row in rows])
    bills = [row for row in rows if row.reference is not None]
    to_pay = [bill for bill in bills if not bill.is_under_way]
    if not to_pay:
        return Told("nothing_open", language, {"under_way": total(bills) if bills else None}, customer=customer)
    if not settings().payee_iban:
        return Told("open_items_on_portal", language, customer=customer)
    return Told("open_items", language, as_many_as_fit(to_pay, language, link_of(to_pay, at)), customer=customer)


def the_only(customers: Sequence[UUID]) -> UUID | None:
    """None where several share the number: the answer tells of all of them, so it is in no one's list of messages."""
    return customers[0] if len(set(customers)) == 1 else None


def link_of(bills: Sequence[Held], at: datetime) -> dict[str, str]:
    """Where the bills are paid; those of several accounts are found one by one."""
    accounts = {bill.account_number for bill in bills}
    number = accounts.pop()
    return {} if accounts or number is None else {"pay_link": pay_link(number, at)}


def as_many_as_fit(bills: Sequence[Held], language: str, link: dict[str, str]) -> dict[str, Any]:
    """The oldest bills, at least one, so that the message keeps within its segments; the others are counted."""
    values: dict[str, Any] = {}
    for shown in range(min(len(bills), MOST_ITEMS), 0, -1):
        values = {
            "bills": [said(bill) for bill in bills[:shown]],
            "more": len(bills) - shown,
            "total": total(bills),
            **link,
        }
        if segments(sms_text("open_items", language, values)) <= template("open_items").most_segments:
            break
    return values


def said(bill: Held) -> dict[str, Any]:
    return {"reference": bill.reference, "due_on": bill.due_on, "open": Money(bill.open_cents)}


def total(bills: Sequence[Held]) -> Money:
    return Money(sum(bill.open_cents for bill in bills))


# The tables of payments are two floors up. They are read here all the same, by SQL and nothing else: what is paid twice
# because we asked for it would be worse.
HELD = Statement(
    f"""
    WITH holders AS ({HOLDERS})
    SELECT h.id AS customer, h.language, a.number AS account_number, b.reference, b.due_on, b.open_cents,
           EXISTS (
               SELECT FROM attempt_bills ab JOIN payment_attempts p ON p.id = ab.attempt
               WHERE ab.bill = b.id AND p.state IN ('pending', 'held')
           ) AS is_under_way
    FROM holders h
    LEFT JOIN accounts a ON a.customer = h.id
    LEFT JOIN bills b ON b.account = a.id AND b.open_cents > 0
    ORDER BY b.due_on, b.number, h.number
    """,  # noqa: S608 - our own words
    Held,
    ("number",),
)
