"""The ways out: ports for SMS and for e-mail. Which gateway stands behind them is decided where the process starts.

An answer that did not come (a time-out after sending) is any exception but these.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol

from portal.mail_settings import wire_address


class GatewayUnavailable(Exception):
    """It took nothing now; asking again later is right and cannot double the message."""


class MessageRefused(Exception):
    """It will never take this message; the text says why, in its own words, without the message's."""


class MessageExpired(Exception):
    """There is not time enough left for it to arrive before it expires; nothing was taken."""


class NotConnected(GatewayUnavailable):
    """No gateway was given to this process."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that is written but has not left. `text`: what it says; `leave` raises what a gateway's `send` does."""

    text: str
    leave: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Sms:
    """One SMS. `to`: E.164; `sender`: a number or up to eleven letters; `reference`: ours, given back by receipts."""

    to: str
    text: str
    sender: str
    reference: str
    expires_at: datetime | None = None


class SmsGateway(Protocol):
    """Takes one message. Its receipts go to `receipts.note`, what customers send to `inbound.answer`."""

    is_idempotent: bool
    """Whether the same `reference` twice is one message to the recipient, so that repeating an unsure call is safe."""

    async def send(self, sms: Sms) -> None:
        """Returns once the gateway has taken the message.

        Raises GatewayUnavailable, MessageRefused or MessageExpired.
        """


class MailGateway(Protocol):
    """Takes one e-mail for one recipient."""

    is_idempotent: bool

    async def send(self, to: str, mail: EmailMessage) -> None:
        """Returns once the server has taken it. Raises GatewayUnavailable or MessageRefused."""


def deliverable(to: str) -> str:
    """An e-mail address as SMTP writes it. Raises MessageRefused."""
    try:
        return wire_address(to)
    except ValueError:
        raise MessageRefused("not an e-mail address") from None


class NoSms:
    """Where no gateway is: messages wait."""

    is_idempotent = False

    async def send(self, sms: Sms) -> None:  # noqa: ARG002 - the port's signature
        raise NotConnected("no SMS gateway is connected, see SMS_GATEWAY_URL")


class NoMail:
    """Where no mail server is: messages wait."""

    is_idempotent = False

    async def send(self, to: str, mail: EmailMessage) -> None:  # noqa: ARG002 - the port's signature
        raise NotConnected("no mail server is connected, see SMTP_URL")


_sms: SmsGateway = NoSms()
_mail: MailGateway = NoMail()


def use_sms(gateway: SmsGateway | None) -> None:
    """Give this process its SMS gateway."""
    global _sms
    _sms = gateway or NoSms()


def use_mail(gateway: MailGateway | None) -> None:
    """Give this process its mail server."""
    global _mail
    _mail = gateway or NoMail()


def sms_gateway() -> SmsGateway:
    return _sms


def mail_gateway() -> MailGateway:
    return _mail
