"""Queries of hot pages: written once with Piccolo (or as SQL beside their table), compiled once, bound per request.

Building a Piccolo query costs more than running it; a page that is read fifty times a second builds none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

from piccolo.query import Query
from piccolo.table import Table

from portal.database import connection

R = TypeVar("R")


class Slot:
    """Stands in a query where a value will be bound: `Bill.account == Slot("account")`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Statement(Generic[R]):
    """A query whose rows become `row`: a table class, or any class that takes the columns by name.

    `query` is a Piccolo query with Slots, or SQL whose `$1…` are bound in the order of `slots`.
    """

    def __init__(self, query: Query[Any, Any] | str, row: type[R], slots: tuple[str, ...] = ()) -> None:
        self.query = query
        self.row = row
        self.slots = slots

    async def all(self, **values: Any) -> list[R]:
        sql, arguments = self.compiled
        bound = [values[value.name] if isinstance(value, Slot) else value for value in arguments]
        async with connection() as connected:
            records = await connected.fetch(sql, *bound)
        build = self.build
        return [build(record) for record in records]

    async def first(self, **values: Any) -> R | None:
        rows = await self.all(**values)
        return rows[0] if rows else None

    @cached_property
    def compiled(self) -> tuple[str, list[Any]]:
        if isinstance(self.query, str):
            return self.query, [Slot(name) for name in self.slots]
        return self.query.querystrings[0].compile_string()

    @cached_property
    def build(self) -> Any:
        return self._table_row if issubclass(self.row, Table) else self._plain_row

    def _table_row(self, record: Any) -> R:
        return row_of(self.row, record.items())

    def _plain_row(self, record: Any) -> R:
        return self.row(**record)


def row_of(table: type[R], columns: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> R:
    """A row read from the database, as Piccolo makes it, without asking each column for a default it does not need."""
    row = object.__new__(table)
    row.__dict__.update(columns, _exists_in_db=True, _was_created=None)
    return row
