"""How the settings name the mail server and ourselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.mail_settings import MailServer, Sender, Tls, faults, wire_address
from tests.mail_server import domain_key


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.si", MailServer("mail.si", 587, Tls.OFFERED)),
        ("smtp://mail.si:25?starttls=off", MailServer("mail.si", 25, Tls.OFF)),
        ("smtp://mail.si?starttls=required", MailServer("mail.si", 587, Tls.REQUIRED)),
        ("smtps://moj:p%40ss%2F%25@mail.si", MailServer("mail.si", 465, Tls.FROM_THE_START, "moj", "p@ss/%")),
        ("smtp://a%40b.si:x@[::1]:2525", MailServer("::1", 2525, Tls.OFFERED, "a@b.si", "x")),
    ],
)
def test_a_server_is_read_from_its_address(url: str, server: MailServer) -> None:
    assert MailServer.read(url) == server


@pytest.mark.parametrize("url", ["smtp://m:hunter2/x@mail.si", "smtp://m:hunter2@mail.si:port", "smtp://m:hunter2@[x"])
def test_what_cannot_be_read_does_not_show_the_password(url: str) -> None:
    with pytest.raises(ValueError) as refused:
        MailServer.read(url)

    assert "hunter2" not in f"{refused.value!r} {refused.value.__cause__!r} {list(faults(url, 'moj@a.si', None, None))}"


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("moj@operator.si", Sender("", "moj@operator.si")),
        ("Moj A1 <moj@operator.si>", Sender("Moj A1", "moj@operator.si")),
        ('"Čižmar, d. o. o." <moj@žito.si>', Sender("Čižmar, d. o. o.", "moj@xn--ito-b3a.si")),
    ],
)
def test_a_sender_is_read_with_and_without_a_name(text: str, sender: Sender) -> None:
    assert Sender.read(text) == sender


@pytest.mark.parametrize("address", ["a.b+c@d.si", "o'č@d.si", "a@b", "ana@žito.si"])
def test_addresses_that_mail_can_go_to(address: str) -> None:
    assert wire_address(address).partition("@")[0] == address.partition("@")[0]


def test_a_key_that_is_long_enough_is_taken_and_a_short_one_is_not(tmp_path: Path) -> None:
    long, _ = domain_key(tmp_path, 1024)
    short, _ = domain_key(tmp_path, 768)

    assert list(faults(None, None, long, "moj2026")) == []
    assert len(list(faults(None, None, short, "moj2026"))) == 1
