"""Connections to the mail server, signed in and encrypted, and kept from one mail to the next."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic

from aiosmtplib import SMTP, SMTPException

from portal.mail_settings import MailServer, Tls
from portal.messaging.gateways import GatewayUnavailable, MessageRefused
from portal.messaging.smtp_answers import Stage, asked

MOST = 12
"""One for every e-mail under way (`at_once` in `jobs.py`): a code does not wait for other mail's connections."""
START_TLS = {Tls.FROM_THE_START: False, Tls.REQUIRED: True, Tls.OFFERED: None, Tls.OFF: False}


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to wait for an answer. Servers look into a mail before they take it, so `taking` is the longest.

    `kept`: how long an idle connection is believed to be alive; servers close theirs after minutes.
    """

    connecting: float = 15
    command: float = 30
    taking: float = 120
    kept: float = 20


class Connections:
    """At most `MOST` at a time. `name` is what we call ourselves.

    One that brought a mail through is kept; any other is left, so that no mail meets what is left of another's.
    """

    def __init__(self, server: MailServer, name: str, limits: Limits, tls: ssl.SSLContext | None) -> None:
        self.server = server
        self.name = name
        self.limits = limits
        self.tls = tls or ssl.create_default_context()
        self.places = asyncio.Semaphore(MOST)
        self.kept: list[tuple[float, SMTP]] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator[SMTP]:
        """For one mail. Raises GatewayUnavailable."""
        async with self.places:
            client = await self.kept_one() or await self.new_one()
            try:
                yield client
            except (GatewayUnavailable, MessageRefused):
                await leave(client)
                raise
            except BaseException:
                client.close()
                raise
            self.kept.append((monotonic(), client))

    async def kept_one(self) -> SMTP | None:
        """The connection used last, unless the server has closed it or may be about to."""
        while self.kept:
            since, client = self.kept.pop()
            if client.is_connected and monotonic() - since < self.limits.kept:
                return client
            await leave(client)
        return None

    async def new_one(self) -> SMTP:
        client = SMTP(
            hostname=self.server.host,
            port=self.server.port,
            local_hostname=self.name,
            timeout=self.limits.connecting,
            use_tls=self.server.tls is Tls.FROM_THE_START,
            start_tls=START_TLS[self.server.tls],
            tls_context=self.tls,
        )
        try:
            with asked(Stage.CONNECTING):
                await client.connect()
                await self.sign_in(client)
        except BaseException:
            client.close()
            raise
        client.timeout = self.limits.command
        return client

    async def sign_in(self, client: SMTP) -> None:
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
        if not self.server.user:
            return
        if client.get_transport_info("sslcontext") is None and not self.server.is_on_this_machine:
            raise SMTPException("it offers no TLS, and without it the password is not told")
        await client.login(self.server.user, self.server.password)

    async def close(self) -> None:
        while self.kept:
            await leave(self.kept.pop()[1])


async def leave(client: SMTP) -> None:
    with suppress(SMTPException, OSError):
        if client.is_connected:
            await client.quit()
    client.close()
