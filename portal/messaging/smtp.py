"""E-mail by SMTP (RFC 5321), one recipient a mail.

Before the final dot nothing has been taken, whatever goes wrong; after it only an answer says what became of the mail.
A no for now (4xx) is asked again. A no for ever (5xx) to the recipient or to the mail ends it; the same no to us, to
our password or our sender's address, is a fault of the set-up: mail waits, and the log says so aloud.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from typing import Self

from aiosmtplib import SMTP, SMTPResponseException, SMTPServerDisconnected

from portal.mail_settings import MailServer
from portal.messaging.dkim_key import DomainKey
from portal.messaging.gateways import MessageRefused, deliverable
from portal.messaging.smtp_answers import Stage, asked, meaning
from portal.messaging.smtp_connections import Connections, Limits
from portal.settings import Settings

ON_THE_WIRE = CRLF.clone(cte_type="7bit")
GO_AHEAD = 354
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class SmtpServer:
    """Takes mail from the address `sender`. `name` is what we call ourselves; `key` signs."""

    is_idempotent = False

    def __init__(
        self,
        server: MailServer,
        sender: str,
        *,
        name: str,
        key: DomainKey | None = None,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.sender = sender
        self.key = key
        self.limits = limits or Limits()
        # One at a time: signing is arithmetic in Python, and several threads of it would leave the loop no turn.
        self.desk = ThreadPoolExecutor(1, "mail")
        self.connections = Connections(server, name, self.limits, tls)

    @classmethod
    def from_settings(cls, ours: Settings) -> Self | None:
        """None where no server is named."""
        if ours.mail_server is None:
            return None
        key = None
        if ours.dkim_key_file and ours.dkim_selector:
            key = DomainKey(ours.sender.domain, ours.dkim_selector, ours.dkim_key_file.read_bytes())
        return cls(ours.mail_server, ours.sender.address, name=ours.host, key=key)

    async def send(self, to: str, mail: EmailMessage) -> None:
        """Raises GatewayUnavailable or MessageRefused; anything else: the mail may have been taken."""
        to = deliverable(to)
        async with self.connections.one() as client:
            needs_utf8 = not to.isascii()
            if needs_utf8 and not client.supports_extension("smtputf8"):
                raise MessageRefused("the mail server takes no address with letters beyond ASCII (SMTPUTF8)")
            written = await asyncio.get_running_loop().run_in_executor(self.desk, self.written, mail, needs_utf8)
            await self.address(client, to, len(written), needs_utf8)
            await self.hand_over(client, written)

    def written(self, mail: EmailMessage, needs_utf8: bool) -> bytes:
        """The mail as it goes over the wire: its body in ASCII, which no server on its way has to change."""
        plain = mail.as_bytes(policy=ON_THE_WIRE.clone(utf8=needs_utf8))
        return dotted(self.key.signed(plain) if self.key else plain)

    async def address(self, client: SMTP, to: str, size: int, needs_utf8: bool) -> None:
        options = [f"SIZE={size}"] if client.supports_extension("size") else []
        options += ["SMTPUTF8"] if needs_utf8 else []
        with asked(Stage.SENDER):
            await client.mail(self.sender, options=options)
        with asked(Stage.RECIPIENT):
            await client.rcpt(to, encoding="utf-8")

    async def hand_over(self, client: SMTP, written: bytes) -> None:
        with asked(Stage.DATA):
            begun = await client.execute_command(b"DATA")
            if begun.code != GO_AHEAD:
                raise SMTPResponseException(begun.code, begun.message)
            if (wire := client.protocol) is None:
                raise SMTPServerDisconnected("connection lost")
            wire.write(written)
        answer = await wire.read_response(timeout=self.limits.taking)
        if not 200 <= answer.code < 300:
            raise meaning(Stage.SENT, answer.code, answer.message)

    async def close(self) -> None:
        """Leave the connections that were kept."""
        await self.connections.close()
        self.desk.shutdown(wait=False)


def dotted(mail: bytes) -> bytes:
    """With a dot doubled where it begins a line, and the dot that ends it all (RFC 5321, 4.5.2)."""
    return LEADING_DOT.sub(b"..", mail).removesuffix(b"\r\n") + b"\r\n.\r\n"
