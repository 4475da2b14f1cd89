"""Deciding that a customer gets a message: its row and its delivery belong to the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from portal.jobs import enqueue
from portal.messaging import values as filled
from portal.messaging.tables import Attachment, Channel, Message
from portal.messaging.values import Values

PATIENCE = {Channel.SMS: timedelta(hours=24), Channel.EMAIL: timedelta(days=3)}
"""How long a gateway that is away is waited for. A letter waits for its batch."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a message tells, and of whom: the same for every channel.

    `once` names the fact: a second message of the same fact by the same channel is not made. A secret (a code) is
    kept nowhere after it was sent. Nothing is sent after `expires_at`.
    """

    template: str
    language: str
    values: Values = field(default_factory=dict)
    customer: UUID | None = None
    login: UUID | None = None
    once: str | None = None
    is_secret: bool = False
    expires_at: datetime | None = None


async def send_sms(told: Told, to: str, *, at: datetime) -> UUID | None:
    """Send `sms.txt` of the message to an E.164 number. Returns its id, or None when the fact was told already."""
    return await decide(told, Channel.SMS, to, (), at)


async def send_email(told: Told, to: str, *, attachments: Sequence[Attachment] = (), at: datetime) -> UUID | None:
    """Send `email.md` of the message to one address, with files. Returns as `send_sms` does."""
    return await decide(told, Channel.EMAIL, to, attachments, at)


async def send_letter(told: Told, address: Sequence[str], *, at: datetime) -> UUID | None:
    """Print `letter.md` of the message for the post; `address`: its lines, name first. Returns as `send_sms` does."""
    return await decide(told, Channel.LETTER, "\n".join(address), (), at)


async def decide(
    told: Told, channel: Channel, recipient: str, attachments: Sequence[Attachment], at: datetime
) -> UUID | None:
    message = Message(
        channel=channel,
        recipient=recipient,
        template=told.template,
        language=told.language,
        values=filled.dump(told.values),
        is_secret=told.is_secret,
        customer=told.customer,
        login_id=told.login,
        once=told.once,
        created_at=at,
        expires_at=told.expires_at or (at + PATIENCE[channel] if channel in PATIENCE else None),
    )
    made = (
        await Message.insert(message).on_conflict((Message.channel, Message.once), "DO NOTHING").returning(Message.id)
    )
    if not made:
        return None
    for attachment in attachments:
        attachment.message = message.id
    if attachments:
        await Attachment.insert(*attachments)
    if channel != Channel.LETTER:
        await enqueue("messaging.deliver", message=str(message.id))
    return message.id
