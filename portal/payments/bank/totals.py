"""What a statement says of its own sums, held against what stands in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from portal.money import Money
from portal.payments.bank.elements import Leaves, first
from portal.payments.bank.movements import Entry
from portal.payments.bank.refused import StatementRefused, wrong
from portal.payments.bank.values import Amount, amount_of, count_of, is_credit, is_yes, signed_cents_of

OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
SUMMARIES = {"TtlNtries": (True, False), "TtlCdtNtries": (True,), "TtlDbtNtries": (False,)}


@dataclass
class Totals:
    """Of one statement: `stated` as `TtlNtries/NbOfNtries`, counted by credit and debit, balances by currency.

    One page of several has sums of them all, so that nothing can be said of it.
    """

    is_paged: bool = False
    stated: list[tuple[Any, str, str]] = field(default_factory=list)
    balances: dict[tuple[str, str], tuple[Any, int]] = field(default_factory=dict)
    entries: Counter[bool] = field(default_factory=Counter)
    cents: Counter[bool] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)

    def page(self, found: Leaves) -> None:
        last = first(found, "LastPgInd")
        self.is_paged |= first(found, "PgNb") not in (None, "1") or (last is not None and not is_yes(last))

    def balance(self, element: Any, found: Leaves) -> None:
        amount = amount_of(found)
        cents = amount.cents if is_credit(found) else -amount.cents
        kind = first(found, "Tp/CdOrPrtry/Cd", "Tp/Cd") or ""
        self.balances.setdefault((kind, amount.currency), (line_of(element), cents))

    def summary(self, element: Any, found: Leaves) -> None:
        for name in SUMMARIES:
            for what in ("NbOfNtries", "Sum"):
                if (written := first(found, f"{name}/{what}")) is not None:
                    self.stated.append((line_of(element), f"{name}/{what}", written))

    def add(self, entry: Entry) -> None:
        """Whatever its status: the number of entries counts them all. What moved is only what is booked."""
        self.entries[entry.is_credit] += 1
        self.cents[entry.is_credit] += entry.amount.cents
        if entry.is_booked:
            self.moved[entry.amount.currency] += entry.sign * entry.amount.cents

    def check(self) -> None:
        """Raises StatementRefused at the first sum that is wrong."""
        if self.is_paged:
            return
        for line, path, written in self.stated:
            name, what = path.split("/")
            counted, stated = self.counted(name, what), read(what, written)
            if counted != stated:
                raise StatementRefused(
                    f"line {line}, {path}: {shown(what, stated)} is stated, {shown(what, counted)} is there"
                )
        for currency in {currency for _, currency in self.balances}:
            self.check_balance(currency)

    def counted(self, name: str, what: str) -> int:
        of = self.entries if what == "NbOfNtries" else self.cents
        return sum(of[side] for side in SUMMARIES[name])

    def check_balance(self, currency: str) -> None:
        opening, closing = self.known(OPENING, currency), self.known(CLOSING, currency)
        if opening is None or closing is None:
            return
        line, closed = closing
        reached = opening[1] + self.moved[currency]
        if reached != closed:
            raise StatementRefused(
                f"line {line}, Bal: the opening balance and the entries give {Money(reached).plain} {currency},"
                f" the closing balance is {Money(closed).plain}"
            )

    def known(self, kinds: tuple[str, ...], currency: str) -> tuple[Any, int] | None:
        return next((self.balances[kind, currency] for kind in kinds if (kind, currency) in self.balances), None)


def read(what: str, written: str) -> int:
    return count_of(written) if what == "NbOfNtries" else signed_cents_of(written)


def shown(what: str, value: int) -> str:
    return str(value) if what == "NbOfNtries" else Money(value).plain


def line_of(element: Any) -> int:
    return int(element.sourceline or 0)


@dataclass
class Batch:
    """Of one entry: how many transactions are announced and how many are listed, and their sum against the entry's.

    Asked of none of which no money came to us: what the bank lists of a payment that we made is nobody's bill.
    """

    announced: int | None = None
    listed: int = 0
    without_amount: int = 0
    has_ours: bool = False
    cents: int = 0
    is_comparable: bool = True

    def announce(self, found: Leaves) -> None:
        if (written := first(found, "NbOfTxs")) is not None:
            self.announced = (self.announced or 0) + count_of(written)

    def add(self, amount: Amount, entry: Entry, *, is_credit: bool) -> None:
        self.cents += amount.cents if is_credit else -amount.cents
        self.is_comparable &= amount.currency == entry.amount.currency

    @property
    def is_of_many(self) -> bool:
        return max(self.announced or 1, self.listed) > 1

    @property
    def has_only_the_sum(self) -> bool:
        """No transaction is listed, or none with its amount."""
        return self.listed == self.without_amount

    def check(self, element: Any, entry: Entry) -> None:
        if not self.has_ours:
            return
        if self.listed and self.announced is not None and self.listed != self.announced:
            raise wrong(element, f"{self.announced} transactions are announced, {self.listed} are listed")
        if self.listed < 2 or self.has_only_the_sum or not self.is_comparable:
            return
        if self.without_amount:
            raise wrong(element, "some of its transactions have no amount")
        apart = self.cents - entry.sign * entry.amount.cents
        if apart not in (0, entry.charges, -entry.charges):
            listed, whole = Money(abs(self.cents)).plain, Money(entry.amount.cents).plain
            raise wrong(element, f"its transactions sum to {listed}, the entry is {whole}")
