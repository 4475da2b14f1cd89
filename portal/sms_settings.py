"""SMS as settings name it: the gateway that takes it (`SMS_GATEWAY_URL`, `_USER`, `_PASSWORD`), and whom it is from
(`SMS_SENDER`, `SMS_SENDER_CODES`, `SMS_SENDER_COLLECTIONS`).

Sources: 3GPP TS 23.040, 9.1.2.5: a sender is a number, or letters of the GSM 7-bit default alphabet; RFC 1918 and 4193
(networks that are private).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from portal.gsm7 import BASIC

LONGEST_NAME = 11
PRIVATE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
_NUMBER = re.compile(r"\+?[0-9]{3,15}", re.ASCII)


def default_sender(operator: str) -> str:
    """The operator's name, as much of it as fits."""
    return operator[:LONGEST_NAME].strip()


def is_sender(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None or is_name(text)


def is_name(text: str) -> bool:
    """Whether it would show as it is written. `+386 40 404` is not a name but a number misspelt."""
    has_a_letter = any(character.isalpha() for character in text)
    return has_a_letter and len(text) <= LONGEST_NAME and text.isprintable() and BASIC.issuperset(text)


def faults(senders: Mapping[str, str], operator: str, *, is_sending: bool) -> Iterator[str]:
    """What makes these senders unfit, one sentence each. `senders`: by variable; an empty one is unset."""
    for variable, sender in senders.items():
        if sender and not is_sender(sender):
            yield f"{variable} is a number, or up to {LONGEST_NAME} letters, none of them č, š or ž"
    if is_sending and not senders["SMS_SENDER"] and not is_sender(default_sender(operator)):
        yield "SMS_SENDER is missing: PORTAL_OPERATOR begins with letters that a sender cannot have"


def gateway_faults(url: str, user: str, password: str) -> Iterator[str]:
    """What makes a gateway unfit to send with, one sentence each. `url`: a readable one."""
    if not user.strip():
        yield "SMS_GATEWAY_USER is missing"
    if not password.strip():
        yield "SMS_GATEWAY_PASSWORD is missing"
    where = urlsplit(url)
    if where.scheme == "http" and is_public_address(where.hostname or ""):
        yield "SMS_GATEWAY_URL would send codes and its password across the internet in the clear: use https://"


def is_public_address(host: str) -> bool:
    """A name is none: who it leads to is known to the DNS of the network alone."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return not address.is_loopback and not any(address in network for network in PRIVATE)
