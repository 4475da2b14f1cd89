"""Messages that did not arrive, or may not have: what staff see of them, and sending one again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal import audit, email_address, phone
from portal.database import transaction
from portal.messaging import values
from portal.messaging.sending import File, Told, decide
from portal.messaging.tables import Attachment, Channel, Message, MessageState
from portal.statements import Statement

WAITING = (MessageState.QUEUED, MessageState.SENDING)
UNKNOWN = (MessageState.UNKNOWN,)
REFUSED = (MessageState.REFUSED, MessageState.FAILED, MessageState.EXPIRED)
"""What did not arrive. A code that came too late is none of it: its owner has asked for another."""
RECENT = timedelta(days=30)
"""What is older is nobody's business any more."""
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Unsettled:
    id: UUID
    channel: str
    recipient: str
    template: str
    state: str
    reason: str | None
    attempts: int
    created_at: datetime

    @property
    def masked(self) -> str:
        """Enough of the recipient to recognise it by."""
        return masked(Channel(self.channel), self.recipient)


@dataclass(frozen=True, slots=True)
class Count:
    """How many messages of one channel stand in one state, and since when the oldest."""

    channel: str
    state: str
    messages: int
    oldest: datetime


class NotSentAgain(Exception):
    """Why a message is not sent again, as a sentence for staff."""


def masked(channel: Channel, recipient: str) -> str:
    """`041 ••• •56`, `b••••@example.si`, or the last line of a postal address."""
    match channel:
        case Channel.SMS:
            return phone.mask(recipient)
        case Channel.EMAIL:
            return email_address.mask(recipient)
    return f"…, {recipient.rpartition(chr(10))[2]}"


async def unsettled(states: Sequence[str], at: datetime) -> list[Unsettled]:
    """The oldest first. What was sent again is settled."""
    return await UNSETTLED.all(states=list(states), since=at - RECENT, most=MOST_LISTED)


async def counts(at: datetime) -> list[Count]:
    """Of what is not settled."""
    return await COUNTS.all(since=at - RECENT)


def longest_wait(counted: Sequence[Count], at: datetime) -> timedelta:
    """Of what a gateway should have by now; a letter waits for its batch."""
    waits = [at - one.oldest for one in counted if one.state in WAITING and one.channel != Channel.LETTER]
    return max(waits, default=timedelta())


async def resend(message_id: UUID, by: str, reason: str, at: datetime) -> UUID:
    """The same words to the same recipient as a new message: a person's decision. Raises NotSentAgain.

    Returns the id of the new one; the trail says which one it repeats, who decided it, and why.
    """
    async with transaction():
        message = await Message.objects().where(Message.id == message_id).lock_rows().first()
        again = await once_more(may_be_repeated(message), at)
        if again is None:
            raise NotSentAgain("It was sent again before; look at that one.")
        await audit.note(
            audit.Event.MESSAGE_RESENT,
            login=message.login_id if message else None,
            message=str(message_id),
            again=str(again),
            by=by,
            reason=reason,
        )
    return again


def may_be_repeated(message: Message | None) -> Message:
    if message is None:
        raise NotSentAgain("There is no such message.")
    if message.state not in UNKNOWN + REFUSED:
        raise NotSentAgain(f"It is {message.state}: only what is unknown or did not arrive is sent again.")
    if message.is_secret:
        raise NotSentAgain("It held a code, which is kept nowhere: the customer has to ask for a new one.")
    return message


async def once_more(message: Message, at: datetime) -> UUID | None:
    told = Told(
        message.template,
        message.language,
        values.load(message.values),
        customer=message.customer,
        login=message.login_id,
        once=f"again {message.id}",
    )
    files = await Attachment.objects().where(Attachment.message == message.id)
    copies = [File(file.name, file.media_type, file.content) for file in files]
    return await decide(told, Channel(message.channel), message.recipient, copies, at)


UNSETTLED = Statement(
    """
    SELECT id, channel, recipient, template, state, reason, attempts, created_at FROM messages m
    WHERE state = ANY ($1) AND state IN ('queued', 'sending', 'unknown', 'refused', 'failed', 'expired')
    AND NOT (state = 'expired' AND is_secret) AND created_at > $2
    AND NOT EXISTS (SELECT FROM messages a WHERE a.channel = m.channel AND a.once = 'again ' || m.id)
    ORDER BY created_at LIMIT $3
    """,
    Unsettled,
    ("states", "since", "most"),
)
COUNTS = Statement(
    """
    SELECT channel, state, count(*)::int AS messages, min(created_at) AS oldest FROM messages m
    WHERE state IN ('queued', 'sending', 'unknown', 'refused', 'failed', 'expired')
    AND NOT (state = 'expired' AND is_secret) AND created_at > $1
    AND NOT EXISTS (SELECT FROM messages a WHERE a.channel = m.channel AND a.once = 'again ' || m.id)
    GROUP BY channel, state
    """,
    Count,
    ("since",),
)
