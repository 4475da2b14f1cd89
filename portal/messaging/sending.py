"""Deciding that a customer gets a message: its row and its delivery belong to the transaction of what it tells of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal.jobs import enqueue
from portal.messaging.tables import Channel, Message


async def send_sms(
    template: str,
    to: str,
    *,
    language: str,
    values: dict[str, str],
    customer: UUID | None = None,
    once: str | None = None,
    is_secret: bool = False,
    expires_at: datetime | None = None,
    at: datetime,
) -> None:
    """Send `templates/sms/<template>.txt` to an E.164 number, filled with `values` when it is delivered.

    `once` names the fact it tells of: a second message of the same fact is not made. A secret one (a code) is kept
    nowhere after it was sent, and none is sent after `expires_at`.
    """
    message = Message(
        channel=Channel.SMS,
        recipient=to,
        template=template,
        language=language,
        values=values,
        is_secret=is_secret,
        customer=customer,
        once=once,
        created_at=at,
        expires_at=expires_at,
    )
    if await Message.insert(message).on_conflict(Message.once, "DO NOTHING").returning(Message.id):
        await enqueue("messaging.deliver", message=str(message.id))
