"""From the bytes of a line to what a model makes of it, or why it cannot, in words for whoever looks after the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from portal.ndjson.rows import LONGEST_ROW
from portal.ndjson.values import IN_WORDS

Read = TypeVar("Read")


class BadRow(Exception):
    """Why a row is set aside. Never with a value of the row: it stands on terminals and in mails about them."""


def parse(row: bytes | None, read: Callable[[bytes], Read]) -> Read:
    """What pydantic makes of it; raises BadRow with the first thing that is wrong. None: it was too long to be read."""
    if row is None:
        raise BadRow(f"the line is longer than {LONGEST_ROW >> 20} MB")
    try:
        made = read(row)
        KEYS.decode(row.decode())
    except ValidationError as invalid:
        raise BadRow(words(invalid, row)) from None
    return made


def no_key_twice(pairs: list[tuple[str, Any]]) -> None:
    """What the last of two would overrule is not for us to choose."""
    if len(pairs) != len({key for key, _ in pairs}):
        keys = [key for key, _ in pairs]
        raise BadRow(f"{next(key for key in keys if keys.count(key) > 1)} stands twice")


QUOTE = "'"
KEYS = json.JSONDecoder(object_pairs_hook=no_key_twice)


def words(invalid: ValidationError, row: bytes) -> str:
    """`lines[2].amount: money is …`: the first fault, and how many more there are."""
    errors = invalid.errors(include_url=False, include_input=False)
    first = errors[0]
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{place}: {said(first, row)}{more}" if place else f"{said(first, row)}{more}"


def said(error: ErrorDetails, row: bytes) -> str:
    """In words instead of patterns. Columns are of this row, whatever line of the file it is."""
    if error["type"] == "json_invalid" and not is_utf8(row):
        return "the line is not UTF-8"
    if error["type"] == "string_pattern_mismatch":
        return IN_WORDS[error["ctx"]["pattern"]]
    if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return f"{error['ctx']['discriminator'].strip(QUOTE)} is missing, or none that there is"
    return error["msg"].replace("at line 1 column", "at column")


def is_utf8(row: bytes) -> bool:
    try:
        row.decode()
    except UnicodeDecodeError:
        return False
    return True
