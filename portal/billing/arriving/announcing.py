"""Telling customers that a bill has come: by e-mail, else by SMS to their contact number, by day only.

A bill of nothing and one that was paid before it came here are told to nobody. Who has neither an address nor a
number that takes SMS finds the bill on the portal. A hundred thousand notices let every other message pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal import phone
from portal.billing.pay_links import pay_link
from portal.billing.tables import BillKind
from portal.clock import LJUBLJANA
from portal.database import transaction
from portal.failures import passed_over, raise_first
from portal.jobs import PATIENT, enqueue
from portal.messaging.daytime import until_morning
from portal.messaging.sending import Told, send_email, send_sms
from portal.money import Money
from portal.statements import Statement

AT_A_TIME = 100
"""So many bills are told of by one job; a message is written for each."""


@dataclass(frozen=True, slots=True)
class News:
    """A bill that came, and whom to tell. `open_cents` is what is left of it by now."""

    id: UUID
    kind: str
    number: str
    reference: str
    corrected: str | None
    total_cents: int
    open_cents: int
    due_on: date
    account: str
    customer: UUID
    language: str
    email: str | None
    contact_number: str | None

    @property
    def mobile(self) -> str | None:
        number = self.contact_number
        return number if number and phone.is_slovenian_mobile(number) else None

    def told(self, at: datetime) -> Told:
        values, once = self.values(at), f"bill {self.id}"
        return Told("bill_issued", self.language, values, customer=self.customer, once=once, is_of_a_mass=True)

    def values(self, at: datetime) -> dict[str, Any]:
        return {
            "is_credit_note": self.kind == BillKind.CREDIT_NOTE,
            "number": self.number,
            "reference": self.reference,
            "corrected": self.corrected,
            "amount": Money(abs(self.total_cents)),
            "open": Money(self.open_cents),
            "due_on": self.due_on,
            "is_late": self.due_on < at.astimezone(LJUBLJANA).date(),
            "bill": str(self.id),
            "pay_link": pay_link(self.account, at),
        }


async def order_notices(bills: Sequence[UUID], at: datetime) -> None:
    """Jobs for the running transaction: some bills each, at night for the morning."""
    after = until_morning(at)
    for first in range(0, len(bills), AT_A_TIME):
        ids = " ".join(str(bill) for bill in bills[first : first + AT_A_TIME])
        await enqueue("billing.announce", priority=PATIENT, after=after, bills=ids)


async def announce_each(bills: Sequence[UUID], at: datetime) -> None:
    """Each by itself: one that fails holds up no other. Where night fell meanwhile, all wait for the morning."""
    if until_morning(at):
        async with transaction():
            await order_notices(bills, at)
        return
    failures: list[Exception] = []
    for news in await NEWS.all(bills=bills):
        with passed_over(failures):
            await announce(news, at)
    raise_first(failures)


async def announce(news: News, at: datetime) -> None:
    """Once, however often it is asked for."""
    async with transaction():
        if news.email:
            await send_email(news.told(at), news.email, at=at)
        elif news.mobile:
            await send_sms(news.told(at), news.mobile, at=at)


NEWS = Statement(
    """
    SELECT b.id, b.kind, b.number, b.reference, k.number AS corrected, b.total_cents, b.open_cents, b.due_on,
           a.number AS account, c.id AS customer, c.language, c.email, c.contact_number
    FROM bills b
    LEFT JOIN bills k ON k.id = b.corrects
    JOIN accounts a ON a.id = b.account
    JOIN customers c ON c.id = a.customer
    WHERE b.id = ANY ($1) ORDER BY b.id
    """,
    News,
    ("bills",),
)
