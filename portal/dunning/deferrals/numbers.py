"""The accounts of whoever holds a telephone number."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from portal.customers.holding import HOLDERS
from portal.customers.tables import Account
from portal.statements import Statement, row_of


@dataclass(frozen=True, slots=True)
class HeldAccount:
    id: UUID
    number: str
    customer: UUID
    language: str

    @property
    def account(self) -> Account:
        return row_of(Account, [("id", self.id), ("number", self.number), ("customer", self.customer)])


async def accounts_of(number: str) -> list[HeldAccount]:
    """`number` in E.164. Empty for a number that is nobody's for certain, as for one that we do not know."""
    return await HELD.all(number=number)


HELD = Statement(
    f"""
    WITH holders AS ({HOLDERS})
    SELECT a.id, a.number, h.id AS customer, h.language
    FROM holders h JOIN accounts a ON a.customer = h.id
    ORDER BY h.number, a.number
    """,  # noqa: S608 - our own words
    HeldAccount,
    ("number",),
)
