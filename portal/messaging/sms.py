"""An SMS on its way: what it says, and whom it is from."""

from __future__ import annotations

from functools import partial

from portal.messaging import values
from portal.messaging.gateways import Ready, Sms, sms_gateway
from portal.messaging.tables import Message
from portal.messaging.templates import Purpose, template
from portal.messaging.wording import sms_text
from portal.settings import settings
from portal.sms_settings import default_sender


async def ready(message: Message) -> Ready:
    text = sms_text(message.template, message.language, values.load(message.values))
    sender = sender_for(template(message.template).purpose)
    sms = Sms(message.recipient, text, sender, str(message.id), message.expires_at)
    return Ready(text, partial(sms_gateway().send, sms))


def is_idempotent() -> bool:
    return sms_gateway().is_idempotent


def sender_for(purpose: Purpose) -> str:
    """Who an SMS is from: codes and collections may have a sender of their own."""
    ours = settings()
    own = {Purpose.CODES: ours.sms_sender_codes, Purpose.COLLECTIONS: ours.sms_sender_collections}
    return own.get(purpose) or ours.sms_sender or default_sender(ours.portal_operator)
