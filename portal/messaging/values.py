"""What a message is filled with, kept as JSON until it is sent: words, counts, money and days.

Money and days keep their type, because how they are written depends on the language of the message.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal.money import Money

Values = Mapping[str, Any]
"""Leaves: str, int, bool, None, Money, date or datetime; lists and dicts of them."""


def dump(values: Values) -> str:
    return json.dumps(values, default=tagged, ensure_ascii=False)


def load(text: str) -> dict[str, Any]:
    return json.loads(text, object_hook=revived)  # type: ignore[no-any-return]


def tagged(value: object) -> dict[str, object]:
    if isinstance(value, Money):
        return {"cents": value.cents}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    raise TypeError(f"a message cannot hold a {type(value).__name__}")


def revived(tagged: dict[str, Any]) -> Any:
    match tagged:
        case {"cents": int(cents), **rest} if not rest:
            return Money(cents)
        case {"moment": str(moment), **rest} if not rest:
            return datetime.fromisoformat(moment)
        case {"day": str(day), **rest} if not rest:
            return date.fromisoformat(day)
    return tagged
