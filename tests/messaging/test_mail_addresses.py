"""Which addresses a mail goes to, and how they are written on the wire."""

from __future__ import annotations

import pytest

from portal.messaging.gateways import MessageRefused
from tests.mail_server import Running, mail_server
from tests.messaging.handing_over import gateway, outcome


@pytest.mark.parametrize(
    "address", ["ana", "ana@", "ana@a b.si", "a@b.si>\r\nRCPT TO:<c@d.si", "<a@b.si>", "a@b.si, c@d.si", ""]
)
async def test_what_is_no_address_is_refused_before_anybody_is_asked(running: Running, address: str) -> None:
    assert isinstance(await outcome(gateway(running), address), MessageRefused)
    assert running.postbox.connections == 0


async def test_a_domain_with_our_letters_is_written_in_ascii(running: Running) -> None:
    assert await outcome(gateway(running), "ana@žito.si") is None

    assert running.postbox.taken[0][0].rcpt_tos == ["ana@xn--ito-b3a.si"]


async def test_a_mailbox_with_our_letters_needs_a_server_that_knows_them(running: Running) -> None:
    refused = await outcome(gateway(running), "žana@example.test")
    async with mail_server(enable_SMTPUTF8=True) as modern:
        assert await outcome(gateway(modern), "žana@example.test") is None
        [(envelope, _)] = modern.postbox.taken

    assert isinstance(refused, MessageRefused)
    assert "SMTPUTF8" in str(refused)
    assert envelope.rcpt_tos == ["žana@example.test"]
    assert "SMTPUTF8" in envelope.mail_options
