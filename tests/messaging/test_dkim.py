"""The operator's signature holds at the receiving end, and nothing that a reader sees can be changed under it."""

from __future__ import annotations

from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import dkim
import pytest

from portal.messaging.dkim_key import DomainKey
from portal.messaging.smtp import SmtpServer
from tests.mail_server import domain_key, mail_server

Dns = Mapping[bytes, bytes]


@pytest.fixture(scope="module")
def key_and_dns(tmp_path_factory: pytest.TempPathFactory) -> tuple[DomainKey, Dns]:
    return made(tmp_path_factory.mktemp("dkim"))


def made(folder: Path) -> tuple[DomainKey, Dns]:
    file, dns = domain_key(folder)
    return DomainKey("operator.si", "moj2026", file.read_bytes()), dns


def is_genuine(mail: bytes, dns: Dns) -> bool:
    try:
        return bool(dkim.DKIM(mail).verify(dnsfunc=lambda name, timeout=5: dns[name]))
    except dkim.ValidationError:
        return False


async def sent(key: DomainKey) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Moj A1 <moj@operator.si>", "ana@example.test"
    mail["Subject"], mail["Date"] = "Račun za november: čšž " + "dolgo " * 20, "Sat, 21 Nov 2026 12:00:00 +0100"
    mail.set_content("Pozdravljeni,\n.\n\nčšž   \n\n", cte="quoted-printable")
    mail.add_attachment(b"%PDF", "application", "pdf", filename="Račun 2026-11.pdf")
    async with mail_server() as running:
        to = SmtpServer(running.at(), "moj@operator.si", name="x", key=key)
        await to.send("ana@example.test", mail)
        await to.close()
    return running.postbox.taken[0][1]


async def test_what_arrives_is_signed(key_and_dns: tuple[DomainKey, Dns]) -> None:
    key, dns = key_and_dns
    arrived = await sent(key)

    tags = message_from_bytes(arrived, policy=policy.default)["DKIM-Signature"]
    assert is_genuine(arrived, dns)
    assert "a=rsa-sha256" in tags
    assert "c=relaxed/relaxed" in tags
    assert "d=operator.si" in tags
    assert "s=moj2026" in tags


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"To: ana@", b"To: eva@"),
        (b"Pozdravljeni", b"Pozdravljena"),
        (b"From: Moj A1", b"From: Evil\r\nFrom: Moj A1"),
        (b"To: ana@", b"Reply-To: eva@evil.test\r\nTo: ana@"),
        (b"To: ana@", b"Subject: x\r\nTo: ana@"),
    ],
)
async def test_what_is_changed_on_the_way_is_noticed(
    key_and_dns: tuple[DomainKey, Dns], before: bytes, after: bytes
) -> None:
    key, dns = key_and_dns
    arrived = await sent(key)

    assert before in arrived
    assert not is_genuine(arrived.replace(before, after, 1), dns)


async def test_a_relay_may_fold_a_header_anew(key_and_dns: tuple[DomainKey, Dns]) -> None:
    key, dns = key_and_dns
    arrived = await sent(key)

    assert is_genuine(arrived.replace(b"To: ana@", b"To:\r\n  ana@", 1), dns)


async def test_another_operator_s_key_does_not_hold(key_and_dns: tuple[DomainKey, Dns], tmp_path: Path) -> None:
    other, _ = made(tmp_path)

    assert not is_genuine(await sent(other), key_and_dns[1])


def test_the_key_does_not_show() -> None:
    assert "secret" not in repr(DomainKey("operator.si", "moj2026", b"secret"))
