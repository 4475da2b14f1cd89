"""An e-mail on its way: text and HTML of one writing, with its files.

Sources: RFC 5322 (headers), 2045–2047 and 2231 (letters such as č in headers, bodies and file names), 3834 (mail that
no machine is to answer). Of the addresses and names in headers none can begin a line of its own: the library refuses.
"""

from __future__ import annotations

import asyncio
from binascii import b2a_qp
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from functools import partial
from pathlib import PurePath
from typing import cast

from portal.mail_settings import Sender
from portal.messaging import values
from portal.messaging.gateways import Ready, deliverable, mail_gateway
from portal.messaging.tables import Attachment, Channel, Message
from portal.messaging.writing import Writing, write
from portal.settings import settings

UNKNOWN = "application/octet-stream"


async def ready(message: Message) -> Ready:
    files = await Attachment.objects().where(Attachment.message == message.id).order_by(Attachment.name)
    writing = write(message.template, Channel.EMAIL, message.language, values.load(message.values))
    mail = composed(message, writing)
    if files:
        await asyncio.to_thread(attach, mail, files)  # milliseconds for every megabyte
    return Ready(writing.text, partial(mail_gateway().send, message.recipient, mail))


def is_idempotent() -> bool:
    return mail_gateway().is_idempotent


def composed(message: Message, writing: Writing) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    sender = settings().sender
    mail["From"] = written_address(sender)
    mail["To"] = recipient(message.recipient)
    mail["Subject"] = writing.subject
    mail["Date"] = message.created_at
    mail["Message-ID"] = f"<{message.id}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"{writing.text}\n", cte="8bit")
    mail.add_alternative(writing.html, subtype="html", cte="8bit")
    for part in mail.iter_parts():
        quote(part)
    mail["Content-Language"] = message.language  # last: what is set before goes to the first part
    return mail


def written_address(sender: Sender) -> Address:
    return Address(sender.name, addr_spec=sender.address)


def recipient(address: str) -> Address:
    mailbox, _, domain = deliverable(address).rpartition("@")
    return Address(username=mailbox, domain=domain)


def quote(part: MIMEPart) -> None:
    """Into quoted-printable, which stays readable. The library's own way takes 8 ms."""
    body = cast("bytes", part.get_payload(decode=True))
    part.set_payload(b2a_qp(body, istext=True).decode())
    part.replace_header("Content-Transfer-Encoding", "quoted-printable")


def attach(mail: EmailMessage, files: Sequence[Attachment]) -> None:
    """Named in both places where mail programs look (RFC 2231)."""
    for file in files:
        kind, _, subkind = (file.media_type or UNKNOWN).partition("/")
        name = PurePath(" ".join(file.name.split())).name
        mail.add_attachment(file.content, kind, subkind, filename=name, params={"name": name})
