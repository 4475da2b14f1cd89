"""Gateways that misbehave."""

from __future__ import annotations

from portal.messaging.gateways import MessageRefused, Sms, SmsGateway


class Troubled:
    """Meets each message with the next of `troubles`; when none is left it hands it on to `gateway`."""

    def __init__(self, gateway: SmsGateway, *troubles: type[Exception]) -> None:
        self.gateway = gateway
        self.troubles = list(troubles)
        self.is_idempotent = gateway.is_idempotent

    async def send(self, sms: Sms) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
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
