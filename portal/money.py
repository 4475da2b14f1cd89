"""Amounts of money: integer cents of euro, never a float."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

NO_BREAK_THIN_SPACE = "\u202f"
_TYPED = re.compile(r"\A(\d{1,9})(?:[.,](\d{1,2}))?\Z", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in euro. `cents` may be negative (a credit)."""

    cents: int

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read `86,45`, `86.45` or `86`; anything else (signs, exponents, three decimals) is a ValueError."""
        typed = _TYPED.match(text.strip())
        if typed is None:
            raise ValueError(f"not an amount: {text!r}")
        euros, cents = typed.groups()
        return cls(int(euros) * 100 + int((cents or "0").ljust(2, "0")))

    @classmethod
    def sum(cls, amounts: Iterable[Money]) -> Money:
        return cls(sum(amount.cents for amount in amounts))

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - other.cents)

    def __neg__(self) -> Money:
        return Money(-self.cents)

    def __bool__(self) -> bool:
        return self.cents != 0

    @property
    def is_positive(self) -> bool:
        return self.cents > 0

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.cents) / 100

    @property
    def plain(self) -> str:
        """`1234.56`: for machines and for English sentences without a currency sign."""
        sign = "-" if self.cents < 0 else ""
        return f"{sign}{abs(self.cents) // 100}.{abs(self.cents) % 100:02d}"

    def format(self, language: str) -> str:
        """`1.234,56 €` in Slovenian (a narrow no-break space before the sign), `€1,234.56` in English."""
        sign = "−" if self.cents < 0 else ""
        grouped = f"{abs(self.cents) // 100:,}"
        fraction = f"{abs(self.cents) % 100:02d}"
        if language == "en":
            return f"{sign}€{grouped}.{fraction}"
        return f"{sign}{grouped.replace(',', '.')},{fraction}{NO_BREAK_THIN_SPACE}€"


ZERO = Money(0)
