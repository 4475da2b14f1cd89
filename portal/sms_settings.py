"""SMS as settings name it: the gateway that takes it (`SMS_GATEWAY_URL`, `_USER`, `_PASSWORD`), what it calls us back
with (`SMS_CALLBACK_TOKEN`), and whom it is from (`SMS_SENDER`, `SMS_SENDER_CODES`, `SMS_SENDER_COLLECTIONS`).

Source: 3GPP TS 23.040, 9.1.2.5: a sender is a number, or letters of the GSM 7-bit default alphabet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from portal.gsm7 import BASIC
from portal.hosts import is_public_address, is_this_machine

LONGEST_NAME = 11
SHORTEST_TOKEN = 16
_NUMBER = re.compile(r"\+?[0-9]{3,15}", re.ASCII)
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{SHORTEST_TOKEN},}}")


def default_sender(operator: str) -> str:
    """The operator's name, as much of it as fits."""
    return operator[:LONGEST_NAME].strip()


def is_sender(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None or is_name(text)


def is_name(text: str) -> bool:
    """Whether it would show as it is written. `+386 40 404` is not a name but a number misspelt."""
    has_a_letter = any(character.isalpha() for character in text)
    return has_a_letter and len(text) <= LONGEST_NAME and text.isprintable() and BASIC.issuperset(text)


def sender_faults(senders: Mapping[str, str], operator: str, *, is_sending: bool) -> Iterator[str]:
    """What makes these senders unfit, one sentence each. `senders`: by variable; an empty one is unset."""
    for variable, sender in senders.items():
        if sender and not is_sender(sender):
            yield f"{variable} is a number, or up to {LONGEST_NAME} letters, none of them č, š or ž"
    if is_sending and not senders["SMS_SENDER"] and not is_sender(default_sender(operator)):
        yield "SMS_SENDER is missing: PORTAL_OPERATOR begins with letters that a sender cannot have"


def gateway_faults(url: str, user: str, password: str, *, is_sandbox: bool) -> Iterator[str]:
    """What makes a gateway unfit to send with, one sentence each. Nothing more is said of one that cannot be read."""
    if not is_gateway(url):
        yield "SMS_GATEWAY_URL is http://host:13013, without a user, a password or a query in it"
        return
    where = urlsplit(url)
    host = where.hostname or ""
    if is_sandbox and not is_this_machine(host):
        yield "PORTAL_SANDBOX=1 sends nothing away: SMS_GATEWAY_URL has to be on loopback"
    if not user.strip():
        yield "SMS_GATEWAY_USER is missing"
    if not password.strip():
        yield "SMS_GATEWAY_PASSWORD is missing"
    if where.scheme == "http" and is_public_address(host):
        yield "SMS_GATEWAY_URL would send codes and its password across the internet in the clear: use https://"


def is_gateway(url: str) -> bool:
    """Whether the address can be read and says where a gateway is, and nothing more."""
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError:
        return False
    more = (parts.username, parts.password, parts.query, parts.fragment)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and has_port and not any(more)


def token_faults(token: str | None, *, is_sending: bool) -> Iterator[str]:
    """A gateway has to have one; it is written into addresses that the gateway fills in at each %."""
    is_fit = not is_sending if token is None else _TOKEN.fullmatch(token) is not None
    if not is_fit:
        yield f"SMS_CALLBACK_TOKEN needs at least {SHORTEST_TOKEN} letters and digits, it stands in addresses"
