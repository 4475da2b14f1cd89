"""The way out for SMS: a port. Which gateway stands behind it is decided where the process starts."""

from __future__ import annotations

from typing import Protocol


class GatewayUnavailable(Exception):
    """It took nothing now; asking again later is right and cannot double the message."""


class MessageRefused(Exception):
    """It will never take this message."""


class SmsGateway(Protocol):
    """Takes one message. An answer that did not come (a time-out after sending) is any other exception."""

    is_idempotent: bool
    """Whether the same `reference` twice is one message to the recipient, so that repeating an unsure call is safe."""

    async def send(self, to: str, text: str, reference: str) -> None:
        """Returns once the gateway has taken the message. Raises GatewayUnavailable or MessageRefused."""


class NotConnected(Exception):
    """No gateway was given to this process."""


_gateway: SmsGateway | None = None


def use(gateway: SmsGateway | None) -> None:
    """Give this process its gateway."""
    global _gateway
    _gateway = gateway


def gateway() -> SmsGateway:
    if _gateway is None:
        raise NotConnected("no SMS gateway is connected; this release has one for PORTAL_SANDBOX=1 only")
    return _gateway
