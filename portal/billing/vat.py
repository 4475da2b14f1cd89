"""VAT as a bill shows it: from gross lines to net and tax by rate.

Source: ZDDV-1, article 41 (the general rate 22 %, the lower 9,5 %) and article 82 (what an invoice states by rate).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.billing.positions import Position
from portal.billing.tables import BillLine
from portal.money import Money


@dataclass(frozen=True, slots=True)
class VatAtRate:
    """What stands on a bill at one rate. `percent_tenths`: 220 is 22 %."""

    percent_tenths: int
    gross: Money

    @property
    def vat(self) -> Money:
        """The tax within the gross amount, rounded to the nearest cent, halves away from zero."""
        share = abs(self.gross.cents) * self.percent_tenths * 2 + (1000 + self.percent_tenths)
        rounded = share // (2 * (1000 + self.percent_tenths))
        return Money(rounded if self.gross.cents >= 0 else -rounded)

    @property
    def net(self) -> Money:
        return self.gross - self.vat


def by_rate(lines: Iterable[BillLine | Position]) -> list[VatAtRate]:
    """The bill's lines summed by rate, the highest first. Rounded once a rate, so that the parts make the whole."""
    totals: dict[int, Money] = {}
    for line in lines:
        totals[line.vat_percent_tenths] = totals.get(line.vat_percent_tenths, Money(0)) + line.amount
    return [VatAtRate(rate, gross) for rate, gross in sorted(totals.items(), reverse=True)]
