"""An SMS on its way: what it says, and whom it is from."""

from __future__ import annotations

from portal.messaging import values
from portal.messaging.gateways import Sms, sms_gateway
from portal.messaging.tables import Message
from portal.messaging.templates import Purpose, template
from portal.messaging.wording import sms_text
from portal.settings import settings

LONGEST_NAME = 11
"""Letters that a sender may have instead of a number (3GPP TS 23.040, 9.1.2.5)."""


async def hand_over(message: Message) -> str:
    text = sms_text(message.template, message.language, values.load(message.values))
    sender = sender_for(template(message.template).purpose)
    await sms_gateway().send(Sms(message.recipient, text, sender, str(message.id), message.expires_at))
    return text


def is_idempotent() -> bool:
    return sms_gateway().is_idempotent


def sender_for(purpose: Purpose) -> str:
    """Who an SMS is from: codes and collections may have a sender of their own."""
    ours = settings()
    own = {Purpose.CODES: ours.sms_sender_codes, Purpose.COLLECTIONS: ours.sms_sender_collections}
    return own.get(purpose) or ours.sms_sender or ours.portal_operator[:LONGEST_NAME]
