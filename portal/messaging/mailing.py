"""An e-mail on its way: text and HTML of one writing, with its files."""

from __future__ import annotations

from email.message import EmailMessage

from portal.messaging import values
from portal.messaging.gateways import mail_gateway
from portal.messaging.tables import Channel, Message
from portal.messaging.writing import write
from portal.settings import settings


async def hand_over(message: Message) -> str:
    writing = write(message.template, Channel.EMAIL, message.language, values.load(message.values))
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings().mail_from, message.recipient, writing.subject
    mail.set_content(writing.text)
    await mail_gateway().send(message.recipient, mail)
    return writing.text


def is_idempotent() -> bool:
    return mail_gateway().is_idempotent
