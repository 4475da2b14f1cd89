"""Telling a customer what changed for them, by every way that is there at once: SMS, and e-mail besides."""

from __future__ import annotations

from datetime import datetime

from portal.dunning.contacting import Contact
from portal.messaging.sending import Told, send_email, send_sms
from portal.messaging.tables import Channel
from portal.messaging.templates import template


async def tell(contact: Contact, told: Told, *, at: datetime) -> None:
    """Notices of the ladder, which have to arrive, are `notices.tell`'s."""
    channels = template(told.template).channels
    if contact.number is not None and Channel.SMS in channels:
        await send_sms(told, contact.number, at=at)
    if contact.email is not None and Channel.EMAIL in channels:
        await send_email(told, contact.email, at=at)
