"""JSON in the one form that can be hashed: RFC 8785 (JCS), for all but fractions."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

LARGEST = 2**53 - 1
"""Beyond that not every reader of JSON has the same number (I-JSON, RFC 7493)."""


class NotCanonical(ValueError):
    """A value that has no canonical form here: a float, or something that is no JSON at all."""


def canonical(value: Any) -> bytes:
    """UTF-8 without blanks, keys sorted by their UTF-16 units. Moments, ids and bytes go in as `in_words`."""
    try:
        return written(value).encode()
    except UnicodeEncodeError as half_a_character:
        raise NotCanonical("half of a surrogate pair") from half_a_character


def written(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return whole_number(value)
    if isinstance(value, dict):
        members = sorted(value.items(), key=in_utf16)
        return "{" + ",".join(f"{text(name)}:{written(member)}" for name, member in members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(written, value)) + "]"
    return text(in_words(value))


def in_utf16(member: tuple[Any, Any]) -> bytes:
    name = member[0]
    if not isinstance(name, str):
        raise NotCanonical(f"a name that is {type(name).__name__}")
    return name.encode("utf-16-be")


def whole_number(value: int) -> str:
    if abs(value) > LARGEST:
        raise NotCanonical("a number over 2^53 - 1")
    return str(int(value))


def text(value: str) -> str:
    # Python escapes exactly what RFC 8785 (3.2.2.2) asks for, in the same letters.
    return json.dumps(str(value), ensure_ascii=False)


def in_words(value: Any) -> str:
    """Moments as `2026-11-22T14:05:00.000000Z`, days as ISO, ids as they are, bytes in hexadecimal."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    raise NotCanonical(f"a {type(value).__name__}")


def moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise NotCanonical("a moment without a time zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
