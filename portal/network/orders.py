"""Orders to the network, alike whatever of a line is ordered, and the SQL that reads and moves them in their table."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Generic, TypeVar
from uuid import UUID

from portal.network.tables import OrderState
from portal.statements import Statement

PATIENCE = 6
"""Attempts soon after each other; then the reconciliation goes on every few minutes."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as a statement reads it, with its line."""

    id: UUID
    line: UUID
    number: str
    account: UUID
    state: OrderState
    attempts: int
    under_way: str | None
    then_job: str | None

    @property
    def is_tried_soon(self) -> bool:
        return self.attempts < PATIENCE


O = TypeVar("O", bound=Order)  # noqa: E741 - an order


@dataclass(frozen=True)
class OrderTable(Generic[O]):
    """`key`: what an order is about, in columns. Of several about the same the newest counts, and one is open."""

    name: str
    row: type[O]
    key: tuple[str, ...]

    def sql(self, template: str) -> str:
        """With what differs from table to table filled in: `o` is an order, `l` its line, `other` an order as well."""
        return in_table(self, template)

    def statement(self, template: str, *slots: str) -> Statement[O]:
        return statement_in_table(self, template, slots)


@cache
def in_table(table: OrderTable[O], template: str) -> str:
    return template.format(
        table=table.name,
        columns=", ".join(column(field.name) for field in fields(table.row)),
        key=", ".join(f"o.{name}" for name in table.key),
        about="".join(f" AND o.{name} = ${place}" for place, name in enumerate(table.key[1:], 2)),
        same=" AND ".join(f"other.{name} = o.{name}" for name in table.key),
        open="('waiting', 'sent', 'unknown')",
    )


@cache
def statement_in_table(table: OrderTable[O], template: str, slots: tuple[str, ...]) -> Statement[O]:
    return Statement(in_table(table, template), table.row, slots)


def column(name: str) -> str:
    return f"l.{name}" if name in ("number", "account") else f"o.{name}"
