"""Deciding that a customer gets a message: its row and its delivery belong to the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from portal.jobs import ORDINARY, PATIENT, URGENT, enqueue
from portal.messaging import values as filled
from portal.messaging.tables import Attachment, Channel, Message
from portal.messaging.values import Values

PATIENCE = {Channel.SMS: timedelta(hours=24), Channel.EMAIL: timedelta(days=3)}
"""How long a gateway that is away is waited for. A letter waits for its batch."""
DELIVERIES = {
    (Channel.SMS, False): "messaging.deliver",
    (Channel.SMS, True): "messaging.deliver_code",
    (Channel.EMAIL, False): "messaging.deliver_email",
    (Channel.EMAIL, True): "messaging.deliver_email_code",
}
"""By channel and whether it is a code. Each has its own share of the workers, so that a slow server holds up its own
messages only."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a message tells, and of whom: the same for every channel.

    `once` names the fact: a second message of the same fact by the same channel is not made. A secret (a code) is
    kept nowhere after it was sent. Nothing is sent after `expires_at`. One of a mass lets all others pass.
    """

    template: str
    language: str
    values: Values = field(default_factory=dict)
    customer: UUID | None = None
    login: UUID | None = None
    once: str | None = None
    is_secret: bool = False
    expires_at: datetime | None = None
    is_of_a_mass: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """What goes with an e-mail. `name`: as the customer sees it, unlike those beside it: `Račun 2026-11.pdf`."""

    name: str
    media_type: str
    content: bytes


async def send_sms(told: Told, to: str, *, at: datetime) -> UUID | None:
    """Send `sms.txt` of the message to an E.164 number. Returns its id, or None when the fact was told already."""
    return await decide(told, Channel.SMS, to, (), at)


async def send_email(told: Told, to: str, *, files: Sequence[File] = (), at: datetime) -> UUID | None:
    """Send `email.md` of the message to one address, with files. Returns as `send_sms` does."""
    return await decide(told, Channel.EMAIL, to, files, at)


async def send_letter(told: Told, address: Sequence[str], *, at: datetime) -> UUID | None:
    """Print `letter.md` of the message for the post; `address`: its lines, name first. Returns as `send_sms` does."""
    return await decide(told, Channel.LETTER, "\n".join(address), (), at)


async def decide(told: Told, channel: Channel, recipient: str, files: Sequence[File], at: datetime) -> UUID | None:
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
    if files:
        await Attachment.insert(*(Attachment(message=message.id, **asdict(file)) for file in files))
    if channel != Channel.LETTER:
        await set_off(message.id, channel, is_secret=told.is_secret, is_of_a_mass=told.is_of_a_mass)
    return message.id


async def set_off(message: UUID, channel: str, *, is_secret: bool, is_of_a_mass: bool = False) -> None:
    """Give a message its job, unless it has one. A code goes before everything, a mass after everything."""
    name = DELIVERIES[Channel(channel), is_secret]
    priority = URGENT if is_secret else PATIENT if is_of_a_mass else ORDINARY
    await enqueue(name, priority=priority, once=job_key(message), message=str(message))


def job_key(message: UUID) -> str:
    """By which the job of a message is found in the queue."""
    return f"message {message}"
