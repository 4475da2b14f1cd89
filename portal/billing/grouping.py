"""A bill's lines as it tells them: by telephone number or connection, by contract, and what is the account's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from portal.billing.positions import Position
from portal.billing.tables import BillAllowance
from portal.customers.tables import LineKind
from portal.money import Money


@dataclass(slots=True)
class Group:
    """What was billed for one number, or for a contract without one, or for neither. In the bill's own order."""

    number: str | None
    is_mobile: bool
    contract_number: str | None
    package: str | None
    lines: list[Position] = field(default_factory=list)
    allowances: list[BillAllowance] = field(default_factory=list)

    @property
    def subtotal(self) -> Money:
        return Money.sum(line.amount for line in self.lines)


def grouped(positions: Iterable[Position], allowances: Iterable[BillAllowance] = ()) -> list[Group]:
    """The groups' subtotals sum to the lines. What was used of a package stands with its number, billed or not."""
    groups: dict[tuple[UUID | None, UUID | None], Group] = {}
    for position in positions:
        known = (position.line, None) if position.line else (None, position.contract)
        if (group := groups.get(known)) is None:
            group = groups[known] = group_of(position)
        group.lines.append(position)
    for allowance in allowances:
        groups.setdefault((allowance.line, None), Group(None, False, None, None)).allowances.append(allowance)
    return list(groups.values())


def group_of(one: Position) -> Group:
    return Group(one.number, one.number_kind == LineKind.MOBILE, one.contract_number, one.package)


def having(groups: list[Group], typed: str) -> list[Group]:
    """Those whose number has what was typed in it, wherever somebody put spaces; without digits in it all."""
    digits = "".join(filter(str.isdecimal, typed)).lstrip("0")
    return [group for group in groups if digits in (group.number or "")] if digits else groups
