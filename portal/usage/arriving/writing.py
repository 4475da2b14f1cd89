"""The newest of what a chunk says of each thing is written, where it is newer than what is here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any
from uuid import UUID

from asyncpg import Connection

from portal.usage.arriving.feed import Row
from portal.usage.arriving.targets import TARGETS, Target


@dataclass(slots=True)
class Written:
    """How many rows were newer, and of which lines."""

    rows: int = 0
    lines: set[UUID] = field(default_factory=set)


async def write(connected: Connection, rows: Sequence[Row], lines: Mapping[str, UUID], *, is_dry: bool) -> Written:
    """`lines`: the ids of all that the rows name. `is_dry`: look, and write nothing."""
    done = Written()
    for kind, target in TARGETS.items():
        some = newest(target, (row for row in rows if type(row) is kind))
        if some:
            statement = target.look if is_dry else target.write
            changed = await connected.fetchrow(statement, *arrays(target, some, lines))
            done.rows += changed["rows"]
            done.lines.update(changed["lines"] or ())
    return done


def newest(target: Target, rows: Iterable[Row]) -> list[Row]:
    """One of each: a statement cannot write the same row twice."""
    key, order = attrgetter(*target.key), attrgetter(*target.order)
    found: dict[Any, Row] = {}
    for row in rows:
        known = found.setdefault(key(row), row)
        if known is not row and order(row) > order(known):
            found[key(row)] = row
    return list(found.values())


def arrays(target: Target, rows: Sequence[Row], lines: Mapping[str, UUID]) -> Iterator[Sequence[Any]]:
    """A target's columns, with each line's id in the place of its number."""
    values = zip(*map(attrgetter(*(column.field for column in target.columns)), rows), strict=True)
    for column, array in zip(target.columns, values, strict=True):
        yield [lines[number] for number in array] if column.name == "line" else array
