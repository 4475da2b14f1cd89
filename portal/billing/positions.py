"""A position of a bill as pages tell it, light enough for bills of hundreds."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from portal.money import Money


@dataclass(frozen=True, slots=True)
class Position:
    """A row of `bill_lines` with the names of what it is for: all None where it is the account's own.

    `is_now`: it stands on the bill that is looked at, and not on the one before.
    """

    is_now: bool
    contract: UUID | None
    line: UUID | None
    kind: str
    description: str
    amount_cents: int
    vat_percent_tenths: int
    instalment: int | None
    instalments: int | None
    number: str | None
    number_kind: str | None
    contract_number: str | None
    package: str | None

    @property
    def amount(self) -> Money:
        return Money(self.amount_cents)
