"""A real SMTP server (aiosmtpd) in this event loop, as well- or ill-behaved as a test asks."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from portal.mail_settings import MailServer, Tls

CUT, HANG = "cut", "hang"
USER, PASSWORD = "moj", "žlica & 7/8@#"


@dataclass
class Postbox:
    """What the server took, and how it behaves: at a stage (`MAIL`, `RCPT`, `DATA`) it gives an answer of ours, hangs
    up (`CUT`) or says nothing (`HANG`). `DATA` is after the final dot.
    """

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[Envelope, bytes]] = field(default_factory=list)
    connections: int = 0
    signed_in: list[tuple[str, str]] = field(default_factory=list)
    somebody_waits: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    open: list[SMTP] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=policy.default) for _, content in self.taken]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.open.append(server)
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self.answer(server, "MAIL", "250 fine")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self.answer(server, "RCPT", "250 fine")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await self.answer(server, "DATA", "250 taken")
        if answer.startswith("250"):
            assert isinstance(envelope.original_content, bytes)
            self.taken.append((envelope, envelope.original_content))
        return answer

    def hang_up(self) -> None:
        """On everybody who is connected, as a server does with idle ones."""
        for server in self.open:
            if server.transport is not None:
                server.transport.close()

    async def answer(self, server: SMTP, stage: str, otherwise: str) -> str:
        ordered = self.answers.get(stage, otherwise)
        if ordered == HANG:
            self.somebody_waits.set()
            await self.released.wait()
        if ordered == CUT:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return ordered

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.signed_in.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


@dataclass
class Running:
    """A server that runs. `at` says how to reach it."""

    postbox: Postbox
    port: int

    def at(self, tls: Tls = Tls.OFFERED, user: str = "", password: str = "", host: str = "127.0.0.1") -> MailServer:
        return MailServer(host, self.port, tls, user, password)


@asynccontextmanager
async def mail_server(*, from_the_start: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[Running]:
    """`from_the_start`: TLS before the first word; `options`: aiosmtpd's own."""
    postbox = Postbox()
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        postbox.connections += 1
        return SMTP(postbox, hostname="mail.test", loop=loop, authenticator=postbox.authenticate, **options)

    server = await loop.create_server(connection, "127.0.0.1", 0, ssl=from_the_start)
    try:
        yield Running(postbox, server.sockets[0].getsockname()[1])
    finally:
        postbox.released.set()
        server.close()
        await server.wait_closed()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A self-signed certificate for 127.0.0.1: the server's side, and the side of one who trusts it."""
    key, signed = folder / "key.pem", folder / "certificate.pem"
    openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"),
        *("-subj", "/CN=mail.test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
        *("-keyout", str(key), "-out", str(signed)),
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(signed, key)
    return server, ssl.create_default_context(cafile=str(signed))


def domain_key(folder: Path, bits: int = 2048) -> tuple[Path, Mapping[bytes, bytes]]:
    """A DKIM key: its file, and what its half in the DNS says."""
    key = folder / f"dkim{bits}.pem"
    openssl("genrsa", "-out", str(key), str(bits))
    public = openssl("rsa", "-in", str(key), "-pubout", "-outform", "PEM").decode()
    inside = "".join(line for line in public.splitlines() if not line.startswith("-"))
    return key, {b"moj2026._domainkey.operator.si.": f"v=DKIM1; k=rsa; p={inside}".encode()}


def openssl(*arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout
