"""What customers send to our short numbers, and what they are answered.

A gateway tells us of an SMS until we have answered: the id it gives decides that each is acted upon once.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import structlog

from portal import phone
from portal.database import transaction
from portal.limits import Limit
from portal.messaging import keywords, values
from portal.messaging.sending import Told
from portal.messaging.tables import Channel, InboundMessage, Message, MessageState
from portal.messaging.wording import sms_text
from portal.statements import Statement
from portal.web.wording import DEFAULT_LANGUAGE

log = structlog.get_logger()

LONGEST_TEXT = 500
LONGEST_NUMBER = 16
TELEPHONE = re.compile(r"\+?[0-9]{7,15}", re.ASCII)
"""Shorter ones are the numbers of services, in the country's plan or in none."""

# Whoever asks for all there is to ask, and mistypes, needs a handful. A machine that answers our answers ends here.
FROM_A_NUMBER = Limit("inbound_sms", 20, timedelta(hours=1))

# Of ten thousand numbers side by side hardly a hundred ask within an hour; whoever makes senders up ends here.
FROM_A_RANGE = Limit("inbound_sms_range", 500, timedelta(hours=1))


async def answer(gateway_id: str, sender: str, receiver: str, text: str, at: datetime) -> Message | None:
    """Act on one SMS and return the answer to it, already written down as sent; None where silence is the answer.

    `gateway_id`: the gateway's own, 1 to 80 characters, the same whenever it tells of the same SMS. Asked again, with
    the first asking still under way or long over, it gives the same answer.
    """
    number = telephone(sender)
    asked = InboundMessage(
        gateway_id=gateway_id,
        sender=number or sender[:LONGEST_NUMBER],
        receiver=receiver[:LONGEST_NUMBER],
        text=text[:LONGEST_TEXT],
        received_at=at,
    )
    async with transaction():
        new = (
            await InboundMessage.insert(asked)
            .on_conflict(InboundMessage.gateway_id, "DO NOTHING")
            .returning(InboundMessage.id)
        )
        if not new:
            return await ANSWERED.first(gateway_id=gateway_id)
        return await reply_to(asked, at) if number and await may_ask(number, at) else None


def telephone(sender: str) -> str | None:
    """Its number in E.164, however the gateway writes it. Names and short numbers are those of services, and two
    services can talk to each other all night.
    """
    return phone.read(sender) if TELEPHONE.fullmatch(sender) else None


async def may_ask(number: str, at: datetime) -> bool:
    """Foreign and premium numbers are not answered: somebody earns from each SMS that goes there."""
    if not phone.is_slovenian_mobile(number):
        return False
    for limit, key in ((FROM_A_NUMBER, number), (FROM_A_RANGE, number[:-4])):
        if not await limit.take(key, at):
            log.warning("too many inbound SMS", number=phone.mask(number), limit=limit.name)
            return False
    return True


async def reply_to(asked: InboundMessage, at: datetime) -> Message:
    answering = keywords.answering(asked)
    told = await answering(asked, at) if answering else Told("keyword_help", DEFAULT_LANGUAGE)
    reply = written(told, asked.sender, at)
    await reply.save()
    await InboundMessage.update({InboundMessage.reply: reply.id}).where(InboundMessage.id == asked.id)
    return reply


def written(told: Told, to: str, at: datetime) -> Message:
    """The answer as a message. It is not queued: it goes back with the gateway's own call."""
    if told.is_secret:
        raise ValueError(f"{told.template}: what is repeated to a gateway that asks again cannot be secret")
    return Message(
        channel=Channel.SMS,
        recipient=to,
        template=told.template,
        language=told.language,
        values=values.dump(told.values),
        body=sms_text(told.template, told.language, told.values),
        customer=told.customer,
        login_id=told.login,
        state=MessageState.SENT,
        attempts=1,
        created_at=at,
        sent_at=at,
    )


ANSWERED = Statement(
    "SELECT m.* FROM inbound_messages i JOIN messages m ON m.id = i.reply WHERE i.gateway_id = $1",
    Message,
    ("gateway_id",),
)
