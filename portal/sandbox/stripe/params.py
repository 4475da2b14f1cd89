"""Requests read as Stripe reads them: what the TypedDicts of the installed client do not know is refused."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin
from urllib.parse import parse_qsl

from stripe import RequestOptions
from typing_extensions import is_typeddict

NAME = re.compile(r"\A([a-z_0-9]+)((?:\[[a-zA-Z_0-9]*\])*)\Z")
MOST_METADATA, LONGEST_METADATA_KEY, LONGEST_METADATA = 50, 40, 500


class Invalid(Exception):
    """A request that Stripe answers with 400 or 404."""

    def __init__(self, message: str, param: str | None = None, code: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": "invalid_request_error", "message": message, "param": param, "code": code}


def read(encoded: str, shape: type) -> dict[str, Any]:
    """`line_items[0][quantity]=1` as nested values of the types that `shape`, a TypedDict of the client, names."""
    return typed(nested(parse_qsl(encoded, keep_blank_values=True, strict_parsing=bool(encoded))), shape, "")


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for name, value in pairs:
        found = NAME.match(name)
        if found is None:
            raise Invalid(f"Received unknown parameter: {name}", name, "parameter_unknown")
        path = [found[1], *re.findall(r"\[([^\]]*)\]", found[2])]
        place = root
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1]] = value
    return root


def typed(values: Any, shape: Any, where: str) -> dict[str, Any]:
    """A mapping read by a TypedDict."""
    if not isinstance(values, dict):
        raise Invalid(f"Invalid object: {where}", where, "parameter_invalid")
    known = fields(shape)
    for name in values:
        if name not in known:
            raise Invalid(
                f"Received unknown parameter: {inside(where, name)}", inside(where, name), "parameter_unknown"
            )
    for name in shape.__required_keys__ - values.keys():
        raise Invalid(f"Missing required param: {inside(where, name)}.", inside(where, name), "parameter_missing")
    return {name: one(value, known[name], inside(where, name)) for name, value in values.items()}


@cache
def fields(shape: type) -> dict[str, Any]:
    """What a request may hold; options of the client itself, such as its key, are no parameters."""
    hints = typing.get_type_hints(shape, localns={"Mapping": Mapping, "StripeContext": str})
    return {name: hint for name, hint in hints.items() if name not in RequestOptions.__annotations__}


def one(value: Any, hint: Any, where: str) -> Any:
    """A value read by its annotation. `Literal[…] | str`, as the client writes enumerations, means the Literal."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return one(value, best(value, get_args(hint)), where)
    if origin is Literal:
        return chosen(value, get_args(hint), where)
    if origin is list:
        return [one(item, get_args(hint)[0], f"{where}[{index}]") for index, item in indexed(value, where)]
    if origin is dict:
        return metadata(value, where)
    if is_typeddict(hint):
        return typed(value, hint, where)
    return plain(value, hint, where)


def best(value: Any, hints: tuple[Any, ...]) -> Any:
    """Which of several annotations is meant."""
    if isinstance(value, dict):
        return next((hint for hint in hints if get_origin(hint) is dict or is_typeddict(hint)), hints[0])
    return next((hint for hint in hints if get_origin(hint) is Literal), hints[-1])


def chosen(value: Any, words: tuple[Any, ...], where: str) -> Any:
    if value not in words:
        raise Invalid(f"Invalid {where}: must be one of {', '.join(map(str, words))}", where)
    return value


def indexed(value: Any, where: str) -> list[tuple[int, Any]]:
    if not isinstance(value, dict) or not all(index.isdecimal() for index in value):
        raise Invalid("Invalid array", where, "parameter_invalid")
    return sorted((int(index), item) for index, item in value.items())


def metadata(value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MOST_METADATA:
        raise Invalid("Invalid metadata", where, "parameter_invalid")
    for key, text in value.items():
        if not isinstance(text, str) or len(key) > LONGEST_METADATA_KEY or len(text) > LONGEST_METADATA:
            raise Invalid("Metadata keys hold 40 characters and values 500", inside(where, key))
    return value


def plain(value: Any, hint: Any, where: str) -> Any:
    if not isinstance(value, str):
        raise Invalid(f"Invalid string: {where}", where, "parameter_invalid")
    if hint is int and re.fullmatch(r"-?\d{1,15}", value):
        return int(value)
    if hint is bool and value in ("true", "false"):
        return value == "true"
    if hint is Decimal:
        return decimal(value, where)
    if hint is str and value:
        return value
    raise Invalid(f"Invalid {getattr(hint, '__name__', hint)}: {value}", where, "parameter_invalid")


def decimal(value: str, where: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        raise Invalid(f"Invalid decimal: {value}", where, "parameter_invalid") from None


def inside(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name
