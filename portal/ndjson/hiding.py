"""What of a row may stand in the file of those set aside: of a number that somebody called never the last digits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal import phone
from portal.ndjson.values import NUMBER_CALLED, Part

OTHER_PARTY = "other_party"
_NUMBER = re.compile(NUMBER_CALLED[:-1] + r"\Z")


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept: the `fields` of a format, of which the `parts` hold others."""

    fields: frozenset[str]
    parts: frozenset[str] = frozenset()


def known(*models: type[Part], parts: frozenset[str] = frozenset()) -> Known:
    fields = {field.alias or name for model in models for name, field in model.model_fields.items()}
    return Known(frozenset(fields), parts)


def hidden(row: bytes | None, known: Known) -> bytes | None:
    """In fields that we do not know, and in what is no JSON, somebody's number may stand."""
    try:
        written = json.loads(row or b"")
        return json.dumps(kept(written, known), allow_nan=False).encode() if isinstance(written, dict) else None
    except (ValueError, RecursionError):
        return None


def kept(written: dict[str, Any], known: Known) -> dict[str, Any]:
    return dict(fields_of(written, known))


def fields_of(written: dict[str, Any], known: Known) -> Iterator[tuple[str, Any]]:
    for name, value in written.items():
        if name == OTHER_PARTY:
            if isinstance(value, str) and _NUMBER.match(value):
                yield name, phone.hide(value)
        elif name in known.parts and isinstance(value, dict):
            yield name, kept(value, known)
        elif name in known.parts and isinstance(value, list):
            yield name, [kept(part, known) for part in value if isinstance(part, dict)]
        elif name in known.fields and not isinstance(value, dict | list):
            yield name, value
