"""What somebody wishes to pay: bills, parts of them, or ahead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from portal.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class Wish:
    """`bills` None: all that is overdue, or all that is open when nothing is; `()`: none, only ahead.

    `parts`: how much of a chosen bill is paid, where that is not all that is asked for of it. `advance`: money for the
    bills to come; what is open then is settled by it first.
    """

    bills: tuple[UUID, ...] | None = None
    parts: Mapping[UUID, Money] = field(default_factory=dict)
    advance: Money = ZERO
