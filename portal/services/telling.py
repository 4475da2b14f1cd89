"""Messages about switches: by e-mail where there is an address, else by SMS. Each fact is told once.

What was bought is confirmed on a durable medium, with its price and the right to withdraw (Directive 2011/83/EU,
article 8(7)); a withdrawal is acknowledged with its moment (article 11a(4), by Directive (EU) 2023/2673).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal import phone
from portal.clock import day_of
from portal.customers.tables import CustomerKind, LineKind
from portal.messaging.sending import Told, send_email, send_sms
from portal.messaging.values import Values
from portal.services import catalogue
from portal.services.planning import Plan
from portal.services.standing import LineServices
from portal.services.tables import Billed, Switch, SwitchState
from portal.services.withdrawal_terms import Bought
from portal.statements import Statement

PAGE_WAITS = timedelta(minutes=2)
"""For so long whoever asked is taken to look at the page, which tells them what became of it."""
OPEN = {SwitchState.QUEUED, SwitchState.ORDERED, SwitchState.SCHEDULED, SwitchState.TO_SIGN}


@dataclass(frozen=True, slots=True)
class Contact:
    """Of a line: its number, and how its customer is reached."""

    line: UUID
    kind: LineKind
    number: str
    customer: UUID
    customer_kind: CustomerKind
    language: str
    email: str | None
    contact_number: str | None

    @property
    def shown(self) -> str:
        return phone.show(self.number) if self.kind == LineKind.MOBILE else self.number

    @property
    def mobile(self) -> str | None:
        candidates = (self.contact_number, self.number if self.kind == LineKind.MOBILE else None)
        return next((one for one in candidates if one and phone.is_slovenian_mobile(one)), None)


async def tell_if_ended(occasion: UUID, at: datetime) -> None:
    """Confirm what was bought or given up, when nothing of the occasion is open any more."""
    rows = await rows_of(occasion)
    if any(row.state in OPEN or row.state == SwitchState.REFUSED or row.undoes for row in rows):
        return
    paid = [row for row in rows if row.state == SwitchState.DONE and row.billed != Billed.FREE and row.asked_by]
    if paid:
        contact = await contact_of(paid[0].line)
        await tell(contact, "service_switched", f"switched {occasion}", switched(contact, paid), at)


async def tell_refused(occasion: UUID, at: datetime) -> None:
    """Only who no longer looks at the page: it was for another day, to be signed, or took long."""
    asked = (await rows_of(occasion))[-1]
    is_waiting = asked.starts_on or asked.documents or at - asked.asked_at > PAGE_WAITS
    if asked.asked_by and is_waiting:
        contact = await contact_of(asked.line)
        edition = catalogue.edition(asked.catalogue)
        values = of_line(contact) | {
            "service": edition.by_code[asked.service].name(contact.language),
            "why": edition.why(asked.refused_as, contact.language),
        }
        await tell(contact, "service_refused", f"refused {occasion}", values, at)


async def tell_withdrawn(services: LineServices, row: Switch, bought: Bought, plan: Plan, at: datetime) -> None:
    contact = await contact_of(services.line.id)
    values = of_line(contact) | {
        "service": bought.service.name(contact.language),
        "price": bought.price,
        "bought_on": day_of(bought.at),
        "received_at": at,
        "owed": bought.owed(day_of(at)),
        "is_at_most": bought.billed == Billed.ONCE,
        "besides": ", ".join(change.service.name(contact.language) for change in plan.besides),
    }
    await tell(contact, "service_withdrawn", f"withdrawn {row.id}", values, at)


def switched(contact: Contact, paid: Sequence[Switch]) -> dict[str, Any]:
    on, off = [row for row in paid if row.is_on], [row for row in paid if not row.is_on]
    ended = max(row.ended_at for row in paid)
    is_consumer = contact.customer_kind == CustomerKind.PERSON
    return of_line(contact) | {
        "on": [item(row, contact.language) for row in on],
        "off": [item(row, contact.language) for row in off],
        "day": day_of(ended),
        "withdraw_until": min((last_day(row) for row in on), default=False) if is_consumer else False,
        "begins_at_once": any(row.begins_at_once for row in on),
    }


def item(row: Switch, language: str) -> dict[str, Any]:
    name = catalogue.edition(row.catalogue).by_code[row.service].name(language)
    return {"name": name, "price": row.price, "is_once": row.billed == Billed.ONCE}


def last_day(row: Switch) -> Any:
    service = catalogue.edition(row.catalogue).by_code[row.service]
    return Bought(row.id, service, Billed(row.billed), row.price, row.ended_at).last_day


def of_line(contact: Contact) -> dict[str, Any]:
    return {"line": contact.shown, "line_id": str(contact.line)}


async def tell(contact: Contact, template: str, once: str, values: Values, at: datetime) -> None:
    """Who has neither an address nor a number that takes SMS finds it on the portal."""
    told = Told(template, contact.language, values, customer=contact.customer, once=once)
    if contact.email:
        await send_email(told, contact.email, at=at)
    elif contact.mobile:
        await send_sms(told, contact.mobile, at=at)


async def rows_of(occasion: UUID) -> list[Switch]:
    return await Switch.objects().where(Switch.occasion == occasion).order_by(Switch.position)


async def contact_of(line: UUID) -> Contact:
    contact = await CONTACT.first(line=line)
    assert contact is not None, "a line has a customer"
    return contact


CONTACT = Statement(
    """
    SELECT l.id AS line, l.kind, l.number, c.id AS customer, c.kind AS customer_kind, c.language, c.email,
           c.contact_number
    FROM lines l JOIN accounts a ON a.id = l.account JOIN customers c ON c.id = a.customer
    WHERE l.id = $1
    """,
    Contact,
    ("line",),
)
