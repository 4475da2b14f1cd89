"""Documents of TMF640 as a server makes, changes, selects and checks them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema

Json = dict[str, Any]


def error(code: str, reason: str, **more: str) -> Json:
    return {"code": code, "reason": reason, **more}


def characteristic(name: str, value: Any) -> Json:
    return {"name": name, "valueType": "string", "value": value}


def merged(target: Any, patch: Any) -> Any:
    """RFC 7386, 2."""
    if not isinstance(patch, dict):
        return patch
    kept = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        kept.pop(name, None) if value is None else kept.update({name: merged(kept.get(name), value)})
    return kept


def at(value: Any, path: str) -> Iterator[Any]:
    """What stands at `serviceRelationship.service.id`, through every list on the way."""
    name, _, rest = path.partition(".")
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and name in one:
            yield from at(one[name], rest) if rest else [one[name]]


def selected(service: Json, fields: str) -> Json:
    """`id` and `href` always come along (TMF630)."""
    return {name: value for name, value in service.items() if not fields or name in {"id", "href", *fields.split(",")}}


def fault_in(document: Any, schema: Json) -> str | None:
    wrong = jsonschema.Draft202012Validator(schema).iter_errors(document)
    return next((f"{one.json_path}: {one.message}" for one in wrong), None)
