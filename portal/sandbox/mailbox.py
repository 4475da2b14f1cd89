"""A stand-in for the mail server and for everybody's mailbox: what arrives is read in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from piccolo.columns import Bytea, Timestamptz, Varchar
from piccolo.table import Table

from portal import clock
from portal.messaging.sending import File
from portal.refusals import NotFound
from portal.rows import Identified
from portal.sandbox.frames import framed, holding_frames
from portal.sandbox.phone import shown_time
from portal.sandbox.tables import SCHEMA
from portal.statements import Statement
from portal.web.files import download
from portal.web.guards import anyone
from portal.web.pages import page
from portal.web.requests import PortalRequest

MOST = 50


class ReceivedMail(Identified, Table, tablename="mails", schema=SCHEMA):
    """One e-mail in one mailbox, as it came; the same Message-ID again is the same mail."""

    message_id = Varchar(200, unique=True, default=None)
    address = Varchar(320, index=True, default=None)
    sender = Varchar(320, default=None)
    subject = Varchar(400, default=None)
    source = Bytea(default=None)
    at = Timestamptz(default=None)

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.source, policy=policy.default)

    @property
    def text(self) -> str:
        return self.part("plain") or ""

    @property
    def html(self) -> str | None:
        return self.part("html")

    def part(self, kind: str) -> str | None:
        found = self.mail.get_body((kind,))
        return cast("str", found.get_content()) if found is not None else None

    @property
    def files(self) -> list[File]:
        return list(files_of(self.mail))

    @property
    def day(self) -> date:
        return clock.day_of(self.at)

    @property
    def time(self) -> str:
        return shown_time(self.at)

    @property
    def path(self) -> str:
        return f"/sandbox/mail/message/{self.id}"

    @property
    def mailbox(self) -> str:
        """The path of the mailbox that it lies in."""
        return f"/sandbox/mail/{quote(self.address, safe='@')}"


def files_of(mail: EmailMessage) -> Iterator[File]:
    for part in mail.iter_attachments():
        yield File(part.get_filename() or "?", part.get_content_type(), part.get_payload(decode=True))  # type: ignore[arg-type]


class SandboxMailbox:
    """Takes every mail; the same Message-ID again is the same mail."""

    is_idempotent = True

    async def send(self, to: str, mail: EmailMessage) -> None:
        received = ReceivedMail(
            message_id=mail["Message-ID"],
            address=to,
            sender=str(mail["From"]),
            subject=str(mail["Subject"]),
            source=mail.as_bytes(policy=policy.SMTPUTF8),
            at=clock.now(),
        )
        await ReceivedMail.insert(received).on_conflict(ReceivedMail.message_id, "DO NOTHING")


@get("/sandbox/mail", guards=[anyone])
async def mailboxes(request: PortalRequest) -> Response[bytes]:
    """Every address that got a mail, the latest first."""
    return page(request, "sandbox/mailboxes.html", blocks=("mailboxes",), latest=await LATEST.all(most=MOST))


@get("/sandbox/mail/{address:str}", guards=[anyone])
async def mailbox(request: PortalRequest, address: FromPath[str]) -> Response[bytes]:
    """What lies in one mailbox."""
    received = await RECEIVED.all(address=address, most=MOST)
    path = request.scope["raw_path"].decode()
    return page(request, "sandbox/mailbox.html", blocks=("mails",), address=address, here=path, received=received)


@get("/sandbox/mail/message/{mail_id:uuid}", guards=[anyone])
async def opened(request: PortalRequest, mail_id: FromPath[UUID]) -> Response[bytes]:
    """One mail."""
    return holding_frames(page(request, "sandbox/mail.html", mail=await found(mail_id)))


@get("/sandbox/mail/message/{mail_id:uuid}/html", guards=[anyone])
async def as_it_looks(request: PortalRequest, mail_id: FromPath[UUID]) -> Response[bytes]:  # noqa: ARG001 - all take it
    html = (await found(mail_id)).html
    if html is None:
        raise NotFound
    return framed(html)


@get("/sandbox/mail/message/{mail_id:uuid}/files/{number:int}", guards=[anyone])
async def file(mail_id: FromPath[UUID], number: FromPath[int]) -> Response[bytes]:
    """The file with this number, to be kept, never shown."""
    files = (await found(mail_id)).files
    if not 0 <= number < len(files):
        raise NotFound
    kept = files[number]
    return download(kept.name, kept.media_type, kept.content)


async def found(mail_id: UUID) -> ReceivedMail:
    mail = await ReceivedMail.objects().get(ReceivedMail.id == mail_id)
    if mail is None:
        raise NotFound
    return mail


LATEST = Statement(
    """
    SELECT * FROM (SELECT DISTINCT ON (address) * FROM sandbox.mails ORDER BY address, at DESC, id DESC) AS latest
    ORDER BY at DESC LIMIT $1
    """,
    ReceivedMail,
    ("most",),
)
RECEIVED = Statement(
    "SELECT * FROM sandbox.mails WHERE address = $1 ORDER BY at DESC, id DESC LIMIT $2",
    ReceivedMail,
    ("address", "most"),
)
ROUTES = [mailboxes, mailbox, opened, as_it_looks, file]
