"""Gateways that misbehave."""

from __future__ import annotations

import asyncio

from portal.messaging.gateways import MessageRefused, Sms, SmsGateway


class Troubled:
    """Meets each message with the next of `troubles`; when none is left it hands it on to `gateway`."""

    def __init__(self, gateway: SmsGateway, *troubles: Exception) -> None:
        self.gateway = gateway
        self.troubles = list(troubles)
        self.is_idempotent = gateway.is_idempotent

    async def send(self, sms: Sms) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        await self.gateway.send(sms)


class Slow:
    """Takes as long as the test likes over messages to `slow_for`; others go to `gateway` at once."""

    def __init__(self, gateway: SmsGateway, *slow_for: str) -> None:
        self.gateway = gateway
        self.slow_for = slow_for
        self.is_idempotent = gateway.is_idempotent
        self.held: list[str] = []
        self.somebody_waits = asyncio.Event()
        self.let_go = asyncio.Event()

    async def send(self, sms: Sms) -> None:
        if sms.to in self.slow_for:
            self.held.append(sms.to)
            self.somebody_waits.set()
            await self.let_go.wait()
        await self.gateway.send(sms)


class Refusing:
    is_idempotent = False

    async def send(self, sms: Sms) -> None:
        raise MessageRefused


class PowerCut(BaseException):
    """The worker dies where it stands."""


class CutAfterYes:
    """Takes the message, and then the worker dies before it could note it. Counts how often it took one."""

    def __init__(self, gateway: SmsGateway, *, is_idempotent: bool) -> None:
        self.gateway = gateway
        self.is_idempotent = is_idempotent
        self.taken = 0

    async def send(self, sms: Sms) -> None:
        await self.gateway.send(sms)
        self.taken += 1
        if self.taken == 1:
            raise PowerCut
