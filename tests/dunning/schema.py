"""What of JSON Schema `docs/handover.schema.json` uses, so that an export is held against it without a library.

A keyword that is not known here is an error: nothing in the schema is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from portal.settings import ROOT

SCHEMA = json.loads((ROOT / "docs" / "handover.schema.json").read_text())
KINDS = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}
SAID_ELSEWHERE = {"description", "format", "additionalProperties"}


def faults(name: str, value: object) -> list[str]:
    """What makes a value unlike the definition of that name."""
    return list(found(SCHEMA["$defs"][name], value, name))


def found(schema: dict[str, Any], value: Any, place: str) -> Iterator[str]:
    for keyword, said in schema.items():
        yield from CHECKS[keyword](said, value, place, schema) if keyword not in SAID_ELSEWHERE else ()


def refers(said: str, value: Any, place: str, _: dict[str, Any]) -> Iterator[str]:
    return found(SCHEMA["$defs"][said.removeprefix("#/$defs/")], value, place)


def is_of(said: str | list[str], value: Any, place: str, _: dict[str, Any]) -> Iterator[str]:
    kinds = tuple(KINDS[kind] for kind in ([said] if isinstance(said, str) else said))
    if not isinstance(value, kinds) or isinstance(value, bool):
        yield f"{place} is no {said}"


def is_one_of(said: list[Any], value: Any, place: str, _: dict[str, Any]) -> Iterator[str]:
    if value not in said:
        yield f"{place} is none of {said}"


def is_constant(said: Any, value: Any, place: str, _: dict[str, Any]) -> Iterator[str]:
    if value != said:
        yield f"{place} is not {said}"


def is_like(said: str, value: Any, place: str, _: dict[str, Any]) -> Iterator[str]:
    if isinstance(value, str) and not re.search(said, value):
        yield f"{place} is not like {said}: {value}"


def is_at_least(said: int, value: Any, place: str, _: dict[str, Any]) -> Iterator[str]:
    if isinstance(value, int) and value < said:
        yield f"{place} is under {said}"


def has(said: list[str], value: Any, place: str, _: dict[str, Any]) -> Iterator[str]:
    yield from (f"{place} has no {name}" for name in said if name not in value)


def holds(said: dict[str, Any], value: Any, place: str, schema: dict[str, Any]) -> Iterator[str]:
    if schema["additionalProperties"] is False:
        yield from (f"{place} has a {name} too many" for name in value if name not in said)
    for name in said.keys() & value.keys():
        yield from found(said[name], value[name], f"{place}.{name}")


def each(said: dict[str, Any], value: Any, place: str, _: dict[str, Any]) -> Iterator[str]:
    for number, item in enumerate(value):
        yield from found(said, item, f"{place}[{number}]")


CHECKS: dict[str, Callable[[Any, Any, str, dict[str, Any]], Iterator[str]]] = {
    "$ref": refers,
    "type": is_of,
    "enum": is_one_of,
    "const": is_constant,
    "pattern": is_like,
    "minimum": is_at_least,
    "required": has,
    "properties": holds,
    "items": each,
}
