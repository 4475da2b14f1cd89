"""What is wrong with an order, in words for whoever runs the sales system: never for customers, so never translated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from portal.ndjson.parsing import KEYS, BadRow, said
from portal.ndjson.rows import LONGEST_ROW
from portal.ndjson.values import Part
from portal.signing.orders.feed import Arrived

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Fault:
    """`field`: as `terms.package.monthly` or `terms.changes[2].what`; empty where it is about the whole."""

    field: str
    words: str

    def __str__(self) -> str:
        return f"{self.field}: {self.words}" if self.field else self.words


class Faulty(Exception):
    """An order that cannot be taken as it is. Never holds a value of it: it stands on terminals and in logs."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        more = f" (and {len(self.faults) - 1} more)" if len(self.faults) > 1 else ""
        super().__init__(f"{self.faults[0]}{more}")


class NoSuchOrder(Exception):
    def __init__(self, number: str) -> None:
        super().__init__(f"there is no order {number}")


class OtherContent(Exception):
    """An order of this number is here, and it says something else."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number} is here with other content: an order is never changed, a new one has its own number"
        )


def read(content: bytes | None) -> Arrived:
    """Raises Faulty with all that is wrong with its fields. None: the line was too long to be read."""
    if content is None:
        raise Faulty([Fault("", f"the line is longer than {LONGEST_ROW >> 20} MB")])
    return read_as(Arrived, content)


def read_as(model: type[P], content: bytes) -> P:
    """Raises Faulty."""
    try:
        made = model.model_validate_json(content)
        KEYS.decode(content.decode())
    except ValidationError as invalid:
        raise Faulty(faults_of(invalid, content)) from None
    except BadRow as twice:
        raise Faulty([Fault("", str(twice))]) from None
    return made


def faults_of(invalid: ValidationError, content: bytes) -> Iterator[Fault]:
    for error in invalid.errors(include_url=False, include_input=False):
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
        yield Fault(place.lstrip("."), said(error, content))
