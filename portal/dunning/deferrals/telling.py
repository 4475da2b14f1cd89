"""What customers are told of a deferral: granted, with the bills to pay by its last day; or not, and exactly why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.billing.pay_links import pay_link
from portal.dunning.contacting import Contact, contact_of
from portal.dunning.deferrals.refusals import NewCustomer, NothingOverdue, NotPutOff, PaymentUnderWay
from portal.dunning.owing import debt_of
from portal.dunning.relief_tables import Deferral
from portal.dunning.telling import tell
from portal.messaging.segments import segments
from portal.messaging.sending import Told, send_letter
from portal.messaging.templates import template
from portal.messaging.wording import sms_text
from portal.money import Money

NOT_AGREED = "not_agreed"
"""An adviser refused a longer one; an SMS has no room for why, the page and a long message do."""


async def tell_granted(deferral: Deferral, fee: Money | None, *, today: date, at: datetime) -> None:
    contact = await contact_of(deferral.account)
    link = pay_link(contact.account_number, at)
    values = await granted(deferral.account, deferral.until, fee, language=contact.language, today=today, link=link)
    await reach(contact, "deferral_granted", values, f"deferral {deferral.id}", at)


async def tell_not_agreed(account: UUID, request: UUID, *, because: str, at: datetime) -> None:
    """`because`: in words for the customer."""
    contact = await contact_of(account)
    values = {"reason": NOT_AGREED, "because": because, "pay_link": pay_link(contact.account_number, at)}
    await reach(contact, "deferral_refused", values, f"deferral request {request}", at)


async def reach(contact: Contact, name: str, values: dict[str, Any], once: str, at: datetime) -> None:
    """By post who has neither a number for SMS nor an e-mail: else they would never know."""
    values = {**values, "customer_number": contact.customer_number}
    told = Told(name, contact.language, values, customer=contact.customer, once=once)
    await tell(contact, told, at=at)
    if contact.number is None and contact.email is None:
        await send_letter(told, contact.address, at=at)


async def granted(
    account: UUID, until: date, fee: Money | None, *, language: str, today: date, link: str, number: str | None = None
) -> dict[str, Any]:
    """The values of `deferral_granted`. `link`: where to pay; `number`: of the account, for a customer who has several.

    Of the bills as many, the oldest first, as keep an SMS within its segments; the others are counted.
    """
    debt = await debt_of(account, today)
    values: dict[str, Any] = {"until": until, "fee": fee, "account": number, "owed": debt["bills"]}
    values |= {"total": debt["total"], "pay_link": link}
    for shown in range(len(debt["bills"]), 0, -1):
        values |= {"bills": debt["bills"][:shown], "more": len(debt["bills"]) - shown}
        if segments(sms_text("deferral_granted", language, values)) <= template("deferral_granted").most_segments:
            break
    return values


def not_granted(refusal: NotPutOff, language: str, customer: UUID, link: str) -> Told:
    """Why not, with from when where that can be said; or that none is needed."""
    if isinstance(refusal, NothingOverdue | PaymentUnderWay):
        return Told("deferral_not_needed", language, {"reason": str(refusal.reason)}, customer=customer)
    values = {
        "reason": str(refusal.reason),
        "again_on": refusal.from_on,
        "paid_bills": refusal.needed if isinstance(refusal, NewCustomer) else None,
        "pay_link": link,
    }
    return Told("deferral_refused", language, values, customer=customer)
