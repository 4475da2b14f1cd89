"""An e-mail as it arrives at a real server: headers, both texts, files with Slovenian names, and what became of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from portal.database import transaction
from portal.mail_settings import Sender
from portal.messaging import emails, gateways
from portal.messaging.gateways import MessageRefused
from portal.messaging.sending import File, Told, send_email
from portal.messaging.smtp import ON_THE_WIRE, SmtpServer
from portal.messaging.smtp_connections import Limits
from portal.messaging.tables import Attachment, Message, MessageState
from portal.messaging.templates import template
from portal.messaging.writing import filled, markdown
from tests.mail_server import CUT, Postbox, mail_server
from tests.people import NOON
from tests.working import waiting, work_off

ANA = "ana@example.test"
PDF = b"%PDF-1.7\r\n\x00\xff\n.\n" * 400
YEARS = timedelta(days=9999)


@pytest_asyncio.fixture
async def postbox(database: str) -> AsyncIterator[Postbox]:
    """A mail server that the portal is connected with."""
    async with mail_server() as running:
        server = SmtpServer(running.at(), "moj@localhost", name="moj.test", limits=Limits(taking=1))
        gateways.use_mail(server)
        yield running.postbox
        gateways.use_mail(None)
        await server.close()


async def tell(to: str = ANA, *files: tuple[str, bytes], language: str = "sl") -> None:
    async with transaction():
        told = Told("documents_signed", language, template("documents_signed").example, expires_at=NOON + YEARS)
        await send_email(told, to, files=[File(name, "application/pdf", content) for name, content in files], at=NOON)


async def the_message() -> Message:
    [message] = await Message.objects()
    return message


async def test_it_arrives_with_its_headers(postbox: Postbox) -> None:
    await tell()
    await work_off()

    [mail] = postbox.mails
    message = await the_message()
    assert mail["From"].addresses[0].display_name == "Moj A1"
    assert mail["To"] == ANA
    assert mail["Subject"] == "Vaši dokumenti so podpisani"
    assert mail["Date"].datetime == NOON
    assert mail["Message-ID"] == f"<{message.id}@localhost>"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "sl")
    assert message.state == MessageState.SENT


async def test_both_texts_arrive_whole(postbox: Postbox) -> None:
    await tell()
    await work_off()

    [mail] = postbox.mails
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n").rstrip("\n") == (await the_message()).body
    assert "Podpisani izvodi so priloženi" in html.get_content()
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


async def test_it_crosses_every_server_unchanged(postbox: Postbox) -> None:
    await tell(ANA, ("Račun 2026-11.pdf", PDF))
    await work_off()

    [(_, content)] = postbox.taken
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert content.count(b"\n") == content.count(b"\r\n")


@pytest.mark.parametrize(
    "name",
    [
        "Račun 2026-11.pdf",
        "Aneks k naročniškemu razmerju.pdf",
        "žčš ŽČŠ đć €.pdf",
        'Z "narekovaji"; in \\ podpičjem.pdf',
        "Zelo dolgo ime " + "naročniškega razmerja " * 4 + ".pdf",
    ],
)
async def test_a_file_keeps_its_name_and_every_byte(postbox: Postbox, name: str) -> None:
    await tell(ANA, (name, PDF), ("Pogoji.pdf", b"%PDF"))
    await work_off()

    files = {part.get_filename(): part for part in postbox.mails[0].iter_attachments()}
    assert set(files) == {name, "Pogoji.pdf"}
    assert files[name].get_payload(decode=True) == PDF
    assert files[name].get_content_type() == "application/pdf"
    assert files[name].get_param("name") is not None


async def test_a_file_name_in_the_form_that_mail_programs_read(postbox: Postbox) -> None:
    await tell(ANA, ("Račun 2026-11.pdf", PDF))
    await work_off()

    assert b"filename*=utf-8''Ra%C4%8Dun%202026-11.pdf" in postbox.taken[0][1]


@pytest.mark.parametrize("text", ["čšž " * 300, "=C4=8D = 100 %", "konec . From me", "x" * 2_000, "a €\u2009b\u00a0c"])
def test_a_text_arrives_as_it_was_written(text: str) -> None:
    mail = composed("# A\n\n{{ text }}", text=text)
    sent = message_from_bytes(mail.as_bytes(policy=ON_THE_WIRE), policy=policy.default)

    for kind in ("plain", "html"):
        part = sent.get_body((kind,))
        assert part is not None
        assert text.strip() in part.get_content()


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\r\nBcc: eva@evil.test", "a\x00b.pdf"])
async def test_a_file_name_does_nothing_but_name(postbox: Postbox, name: str) -> None:
    mail = composed(files=[Attachment(message=uuid4(), name=name, media_type="application/pdf", content=PDF)])

    [part] = list(mail.iter_attachments())
    assert mail["Bcc"] is None
    assert "/" not in (part.get_filename() or "")
    assert "\n" not in (part.get_filename() or "")


def composed(
    source: str = "# Zadeva\n\nVrstica.", to: str = ANA, files: Sequence[Attachment] = (), **values: object
) -> EmailMessage:
    message = Message(channel="email", template="invented", recipient=to, language="sl", created_at=NOON)
    mail = emails.composed(message, filled(markdown("sl").from_string(source), "sl", values))
    emails.attach(mail, files)
    return mail


@hypothesis(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cn"]), min_size=1, max_size=80))
def test_no_name_writes_a_header(name: str) -> None:
    written = composed("# Za {{ name }}\n\nX {{ name }}", name=name).as_bytes(policy=ON_THE_WIRE)

    head = written.partition(b"\r\n\r\n")[0]
    assert re.findall(rb"^([A-Za-z-]+):", head, re.MULTILINE) == [
        *(b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted"),
        *(b"MIME-Version", b"Content-Type", b"Content-Language"),
    ]


@pytest.mark.parametrize(
    "to", ["ana@example.test\r\nBcc: eva@evil.test", "ana@example.test, eva@evil.test", "Ana <a@b.si>"]
)
def test_no_address_writes_a_second_one(to: str) -> None:
    with pytest.raises(MessageRefused):
        composed(to=to)


def test_the_operator_s_name_stands_in_the_header_as_it_is_written() -> None:
    mail = EmailMessage(policy=ON_THE_WIRE)
    mail["From"] = emails.written_address(Sender.read("Telekomunikacije Čižmar, d. o. o. <moj@operator.si>"))

    sent = mail.as_bytes()
    assert sent.isascii()
    assert mail["From"].addresses[0].display_name == "Telekomunikacije Čižmar, d. o. o."
    assert b"moj@operator.si" in sent


async def test_a_refused_one_ends_with_the_servers_words(postbox: Postbox) -> None:
    postbox.answers = {"RCPT": "550 5.1.1 no such user"}
    await tell()
    await work_off()

    message = await the_message()
    assert (message.state, message.reason) == (MessageState.REFUSED, "550 5.1.1 no such user")
    assert await waiting() == []


async def test_what_is_no_address_is_refused(postbox: Postbox) -> None:
    await tell("ana at example")
    await work_off()

    assert (await the_message()).state == MessageState.REFUSED


async def test_one_that_is_to_come_again_goes_out_once_and_the_same(postbox: Postbox) -> None:
    postbox.answers = {"DATA": "451 4.3.0 try later"}
    await tell()
    await work_off()
    assert (await the_message()).state == MessageState.QUEUED

    postbox.answers = {}
    await work_off(later=True)

    message = await the_message()
    assert message.state == MessageState.SENT
    assert [mail["Message-ID"] for mail in postbox.mails] == [f"<{message.id}@localhost>"]


async def test_one_cut_off_after_the_last_dot_is_unknown_and_not_repeated(postbox: Postbox) -> None:
    postbox.answers = {"DATA": CUT}
    await tell()
    await work_off()
    postbox.answers = {}
    await work_off(later=True)

    assert (await the_message()).state == MessageState.UNKNOWN
    assert postbox.taken == []
