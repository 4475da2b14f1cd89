"""How much was used, as people read it: minutes, messages, gigabytes; in all, and by single calls.

One GB is a thousand million bytes, one MB a million (IEC 80000-13). A minute begun is a minute; of data two decimals
are shown, rounded to the nearest.
"""

from __future__ import annotations

from enum import StrEnum

from portal.web.wording import catalogue


class AllowanceKind(StrEnum):
    """What is counted, and in what: calls in seconds, messages in messages, data in bytes."""

    CALLS = "calls"
    MESSAGES = "messages"
    DATA = "data"
    ROAMING_DATA = "roaming_data"


class CallKind(StrEnum):
    CALL = "call"
    SMS = "sms"
    MMS = "mms"
    DATA = "data"


MINUTE = 60
MEGABYTE, GIGABYTE = 10**6, 10**9
NO_BREAK = "\u00a0"
ALIKE: dict[str, str] = {
    CallKind.CALL: AllowanceKind.CALLS,
    CallKind.SMS: AllowanceKind.MESSAGES,
    CallKind.MMS: AllowanceKind.MESSAGES,
    CallKind.DATA: AllowanceKind.DATA,
}


def total(kind: str, quantity: int, language: str) -> str:
    """A month's use, of an allowance or of calls of one kind: `312 min`, `12 sporočil`, `6,2 GB`."""
    kind = ALIKE.get(kind, kind)
    return messages(quantity, language) if kind == AllowanceKind.MESSAGES else amount_of(kind, quantity, language)


def single(kind: str, quantity: int, language: str) -> str:
    """One call, message or connection: `3 min 25 s`, `14 MB`."""
    if kind != CallKind.CALL:
        return total(kind, quantity, language)
    minutes, seconds = divmod(quantity, 60)
    return f"{minutes}\u00a0min {seconds}\u00a0s" if minutes else f"{seconds}\u00a0s"


def messages(quantity: int, language: str) -> str:
    return catalogue(language).ngettext("%(num)s message", "%(num)s messages", quantity) % {"num": quantity}


def amount_of(kind: str, quantity: int, language: str) -> str:
    """`123 min`, `40`, `850 MB`, `12,34 GB`, by what a kind of allowance is counted in."""
    if kind == AllowanceKind.CALLS:
        return f"{grouped(-(-quantity // MINUTE), language)}{NO_BREAK}min"
    if kind == AllowanceKind.MESSAGES:
        return grouped(quantity, language)
    return data(quantity, language)


def data(quantity: int, language: str) -> str:
    """Of bytes."""
    unit, name = (GIGABYTE, "GB") if quantity >= GIGABYTE else (MEGABYTE, "MB")
    whole, hundredths = divmod((quantity * 100 + unit // 2) // unit, 100)
    fraction = f"{hundredths:02d}".rstrip("0")
    point = "," if language == "sl" else "."
    return f"{grouped(whole, language)}{point + fraction if fraction else ''}{NO_BREAK}{name}"


def grouped(number: int, language: str) -> str:
    """`12.345` in Slovenian, `12,345` in English."""
    written = f"{number:,}"
    return written.replace(",", ".") if language == "sl" else written
