"""What every table shares: a random public id."""

from __future__ import annotations

import uuid
from enum import StrEnum

import uuid_utils.compat
from piccolo.columns import UUID
from piccolo.columns.defaults.uuid import UUID7


class NewId(UUID7):
    """A UUIDv7 (RFC 9562) made here: sorted by time for the index, random enough for a URL.

    PostgreSQL makes its own from version 18 on; rows that only SQL inserts get a version 4 before that.
    """

    @property
    def postgres(self) -> str:
        return "gen_random_uuid()"

    def python(self) -> uuid.UUID:
        return uuid_utils.compat.uuid7()


class Identified:
    """Mix into a table: its primary key."""

    id = UUID(primary_key=True, default=NewId())


def one_of(column: str, values: type[StrEnum]) -> str:
    """The CHECK that `choices=` does not make: the column holds a value of this StrEnum."""
    return " OR ".join(f"\"{column}\" = '{value}'" for value in values)
