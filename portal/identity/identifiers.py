"""What a person may type to say who they are: a phone number, an e-mail address or a customer number."""

from __future__ import annotations

import re

from portal import email_address, phone
from portal.mail_settings import wire_address

LONGEST = 254
_EMAIL = re.compile(r"\A[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+\Z")
_WRITABLE = re.compile(
    r"\A[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+\Z"
)
_CUSTOMER_NUMBER = re.compile(r"\A[A-Z0-9]{4,20}\Z", re.ASCII)
_SEPARATORS = re.compile(r"[\s./()-]+")


def read(text: str) -> str | None:
    """As we keep it, or None when it is none of the three.

    `041 123 456` → `+38641123456`, `Ana@Example.test` → `ana@example.test`, `1000 001` → `1000001`.
    """
    if "@" in text:
        return text.lower() if _EMAIL.match(text) and text.isprintable() else None
    return _read_number(text)


def _read_number(text: str) -> str | None:
    number = phone.read(text)
    if number is not None and phone.is_slovenian_mobile(number):
        return number
    bare = _SEPARATORS.sub("", text).upper()
    return bare if _CUSTOMER_NUMBER.match(bare) and not bare.startswith("0") else None


def read_email(text: str) -> str | None:
    """An address to write to, in lower case. Stricter than what people sign in with: the rule of browsers (WHATWG
    HTML, valid e-mail address), and that of our mail.
    """
    address = read(text) if "@" in text else None
    if address is None or not _WRITABLE.match(address):
        return None
    try:
        return wire_address(address)
    except ValueError:
        return None


def mask(identifier: str) -> str:
    """Enough of what was typed to see a mistake: `041 ••• •56`, `a••@example.test`, `10•••01`."""
    if "@" in identifier:
        return email_address.mask(identifier)
    if identifier.startswith("+"):
        return phone.mask(identifier)
    return f"{identifier[:2]}{'•' * (len(identifier) - 4)}{identifier[-2:]}"
