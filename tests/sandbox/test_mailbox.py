"""The sandbox's mailboxes show what arrived, and a mail can do nothing to the portal."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage
from uuid import uuid4

from portal.database import transaction
from portal.messaging.sending import File, Told, send_email
from portal.messaging.tables import Message, MessageState
from portal.messaging.templates import template
from portal.sandbox.mailbox import ReceivedMail, SandboxMailbox
from portal.settings import ROOT
from portal.web.files import NOTHING_OF_OURS
from tests.people import NOON
from tests.visiting import Visitor
from tests.working import work_off
from tests.world import mails

NAMED = re.compile(r"content-security-policy|\bPOLICY\b")
ANA = "ana.zupan+moj@example.test"


async def tell(to: str = ANA, name: str = "documents_signed") -> None:
    async with transaction():
        told = Told(name, "sl", template(name).example, expires_at=NOON + timedelta(days=9999))
        await send_email(told, to, files=[File("Račun 2026-11.pdf", "application/pdf", b"%PDF-1.7" * 200)], at=NOON)
    await work_off()


async def test_what_was_sent_is_found_in_the_mailbox_and_read(sandbox: Visitor, mailbox: SandboxMailbox) -> None:
    await tell()

    boxes = await sandbox.get("/sandbox/mail")
    box = await sandbox.get(boxes.one("main a.row").get("href"))
    mail = await sandbox.get(box.one("main a.row").get("href"))

    assert boxes.one("main a.row b wbr").tail == "example.test"
    assert box.one("h1").text == ANA
    assert mail.one("h1").text == "Vaši dokumenti so podpisani"
    assert "Moj A1 <moj@localhost>" in mail.text
    assert "Podpisani izvodi so priloženi" in "".join(mail.one("details[open] pre").itertext())
    assert [message.state for message in await Message.objects()] == [MessageState.SENT]


async def test_a_file_is_kept_under_its_name(sandbox: Visitor, mailbox: SandboxMailbox) -> None:
    await tell()
    [mail] = await mails(ANA)
    page = await sandbox.get(mail.path)

    assert "Račun 2026-11.pdf" in page.text
    assert "2 kB" in page.text
    file = await sandbox.get(page.one("main a.row").get("href"))

    assert file.response.content == b"%PDF-1.7" * 200
    assert file.response.headers["content-disposition"].startswith("attachment;")
    assert "Ra%C4%8Dun%202026-11.pdf" in file.response.headers["content-disposition"]
    await sandbox.get(f"{mail.path}/files/1", status=404)


async def test_a_mail_is_shown_where_it_can_do_nothing(protected: Visitor, mailbox: SandboxMailbox) -> None:
    await mailbox.send(ANA, an_evil_mail())
    [mail] = await mails(ANA)
    page = await protected.get(mail.path)

    shown = await protected.client.get(page.one("iframe").get("src"))

    (policy,) = shown.headers.get_list("content-security-policy")
    parts = [part.strip() for part in policy.split(";")]
    assert {"default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'self'", "form-action 'none'"} <= set(
        parts
    )
    assert shown.headers.get_list("x-frame-options") == ["SAMEORIGIN"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert parts[0].split() == ["sandbox", "allow-popups", "allow-popups-to-escape-sandbox"]
    assert "alert(1)" in shown.text
    assert "<script>" not in page.html


async def test_only_the_page_of_a_mail_may_hold_a_frame(protected: Visitor, mailbox: SandboxMailbox) -> None:
    await tell()
    [mail] = await mails(ANA)

    policies = [
        (await protected.client.get(path)).headers["content-security-policy"]
        for path in ("/sandbox/mail", mail.mailbox, mail.path)
    ]

    assert ["frame-src 'self'" in policy for policy in policies] == [False, False, True]
    assert "script-src 'self'" in policies[2]


def test_beside_the_sandbox_only_a_file_that_is_shown_has_a_policy_of_its_own_and_it_allows_nothing() -> None:
    users = [path.name for path in (ROOT / "portal").rglob("*.py") if NAMED.search(path.read_text())]

    assert sorted(users) == ["files.py", "frames.py", "protection.py", "reading_pages.py"]
    assert NOTHING_OF_OURS == "default-src 'none'; frame-ancestors 'none'; sandbox"


async def test_the_same_mail_twice_is_one(database: str, mailbox: SandboxMailbox) -> None:
    mail = an_evil_mail()
    await mailbox.send(ANA, mail)
    await mailbox.send(ANA, mail)

    assert await ReceivedMail.count() == 1


async def test_what_is_not_there_is_not_found(sandbox: Visitor, mailbox: SandboxMailbox) -> None:
    await sandbox.get(f"/sandbox/mail/message/{uuid4()}", status=404)
    await sandbox.get(f"/sandbox/mail/message/{uuid4()}/html", status=404)
    assert "E-pošte še ni" in (await sandbox.get("/sandbox/mail/nobody@example.test")).text


async def test_an_open_page_asks_for_its_block_alone(sandbox: Visitor, mailbox: SandboxMailbox) -> None:
    await tell()
    headers = {"hx-request": "true", "hx-target": "section#mails"}

    block = await sandbox.get(f"/sandbox/mail/{ANA}", headers=headers)

    assert "<html" not in block.html
    assert "Vaši dokumenti so podpisani" in block.text


def an_evil_mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "moj@operator.si", ANA, "<script>alert(1)</script>"
    mail["Message-ID"] = "<1@operator.si>"
    mail.set_content("Pozdravljeni.")
    mail.add_alternative("<script>alert(1)</script><p>Pozdravljeni.</p>", subtype="html")
    return mail
