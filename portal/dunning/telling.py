"""Telling a customer of their suspension, by every way that helps."""

from __future__ import annotations

from datetime import datetime

from portal.dunning.contacting import Contact
from portal.messaging.sending import Told, send_email, send_letter, send_sms
from portal.messaging.tables import Channel
from portal.messaging.templates import template


async def tell(contact: Contact, told: Told, *, by_letter: bool = False, at: datetime) -> None:
    """By SMS or by letter, as the ladder says, and by e-mail as well where there is an address.

    A letter takes days, and an SMS has no room for the bills with their references: the e-mail is there at once and
    has them. It takes the place of neither.
    """
    if by_letter:
        await send_letter(told, contact.address, at=at)
    elif contact.number is not None:
        await send_sms(told, contact.number, at=at)
    if contact.email is not None and Channel.EMAIL in template(told.template).channels:
        await send_email(told, contact.email, at=at)
