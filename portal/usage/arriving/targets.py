"""The tables that rows of the feed go to, and the statements that write the newest of each, whatever is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from portal.usage.arriving.feed import Allowance, Record, Row, Spending


class Column(NamedTuple):
    """`field`: of the row."""

    name: str
    kind: str
    field: str


def column(name: str, kind: str, field: str | None = None) -> Column:
    return Column(name, kind, field or name)


@dataclass(frozen=True)
class Target:
    """`key`: by which a row is the same one; `order`: by which it is newer, what weighs most first.

    The statements take an array for each column, and say how many rows were new and of which lines.
    """

    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    order: tuple[str, ...]

    @cached_property
    def write(self) -> str:
        rest = ", ".join(f"{name} = excluded.{name}" for name in self.names if name not in self.key)
        return f"""
            WITH changed AS (
                INSERT INTO {self.table} AS here ({", ".join(self.names)}) SELECT * FROM {self.arrays}
                ON CONFLICT ({", ".join(self.key)}) DO UPDATE SET {rest} WHERE {self.newer("excluded")}
                RETURNING here.line
            )
            {COUNTED}
        """  # noqa: S608 - our own words

    @cached_property
    def look(self) -> str:
        """What `write` would say."""
        return f"""
            WITH changed AS (
                SELECT came.line FROM {self.arrays} AS came ({", ".join(self.names)})
                LEFT JOIN {self.table} AS here ON {of("here", self.key)} = {of("came", self.key)}
                WHERE here.sequence IS NULL OR {self.newer("came")}
            )
            {COUNTED}
        """  # noqa: S608 - our own words

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def arrays(self) -> str:
        return f"unnest({', '.join(f'${place}::{column.kind}[]' for place, column in enumerate(self.columns, 1))})"

    def newer(self, came: str) -> str:
        """Letters by their code, as Python has them: else the size of a chunk might decide which of two stays."""
        order = [f'{name} COLLATE "C"' if name == "source" else name for name in self.order]
        return f"{of(came, order)} > {of('here', order)}"


def of(row: str, names: Iterable[str]) -> str:
    return f"({', '.join(f'{row}.{name}' for name in names)})"


COUNTED = "SELECT count(*) AS rows, array_agg(DISTINCT line) AS lines FROM changed"
SAID = (column("source", "text"), column("sequence", "bigint"), column("line", "uuid"))
PERIOD = (
    *SAID,
    *(column("period_from", "date"), column("period_to", "date"), column("measured_at", "timestamptz")),
)
NEWEST = ("measured_at", "sequence", "source")

ALLOWANCES = Target(
    "usage_allowances",
    (
        *PERIOD,
        *(column("code", "text"), column("kind", "text"), column("name_sl", "text"), column("name_en", "text")),
        *(column("used", "bigint"), column("included", "bigint")),
        *(column("shared_by", "smallint"), column("own_used", "bigint")),
    ),
    key=("line", "code", "period_from"),
    order=NEWEST,
)
SPENDING = Target(
    "usage_spending",
    (*PERIOD, column("spent_cents", "bigint", "spent"), column("roaming_cents", "bigint", "roaming")),
    key=("line", "period_from"),
    order=NEWEST,
)
RECORDS = Target(
    "usage_records",
    (
        *SAID,
        *(column("record", "text"), column("kind", "text"), column("began_at", "timestamptz")),
        *(column("other_party", "text"), column("place", "text"), column("quantity", "bigint")),
        *(column("amount_cents", "bigint", "amount"), column("is_abroad", "boolean", "abroad")),
        column("is_taken_back", "boolean", "taken_back"),
    ),
    key=("source", "record", "began_at"),
    order=("sequence",),
)
TARGETS: dict[type[Row], Target] = {Allowance: ALLOWANCES, Spending: SPENDING, Record: RECORDS}
