"""Amounts, days and flags as the bank writes them, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b

from portal import clock
from portal.payments.bank.elements import Leaves, first

AMOUNT = re.compile(r"\A\d{1,15}(\.\d{1,5})?\Z", re.ASCII)


class Unreadable(ValueError):
    """A value that is not what it has to be."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Never negative; in hundredths of its currency."""

    cents: int
    currency: str


def amount_of(found: Leaves, path: str = "Amt") -> Amount:
    written, currency = first(found, path), first(found, f"{path}@Ccy")
    if written is None:
        raise Unreadable("no amount is given")
    if currency is None or not re.fullmatch("[A-Z]{3}", currency):
        raise Unreadable("the amount has no currency")
    return Amount(cents_of(written), currency)


def cents_of(written: str) -> int:
    """Banks write up to five decimals; more than two may only be noughts."""
    if not AMOUNT.match(written):
        raise Unreadable(f"{written[:40]!r} is no amount")
    cents = Decimal(written) * 100
    if cents != cents.to_integral_value():
        raise Unreadable(f"{written} is not a whole number of cents")
    return int(cents)


def signed_cents_of(written: str) -> int:
    return -cents_of(written[1:]) if written.startswith("-") else cents_of(written)


def count_of(written: str) -> int:
    if not re.fullmatch("[0-9]{1,15}", written):
        raise Unreadable(f"{written[:40]!r} is no number")
    return int(written)


def is_credit(found: Leaves, default: bool | None = None) -> bool:
    written = first(found, "CdtDbtInd")
    if written is None and default is not None:
        return default
    if written not in ("CRDT", "DBIT"):
        raise Unreadable("CdtDbtInd is neither CRDT nor DBIT")
    return written == "CRDT"


def is_yes(written: str | None) -> bool:
    return written in ("true", "1")


def day_of(found: Leaves, path: str) -> date | None:
    """A day as it is in Slovenia; a moment without an offset is taken for one here."""
    if (day := first(found, f"{path}/Dt")) is not None:
        return read_day(day[:10])
    moment = first(found, f"{path}/DtTm")
    return read_moment(moment) if moment is not None else None


def read_day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Unreadable(f"{written[:40]!r} is no day") from None


def read_moment(written: str) -> date:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise Unreadable(f"{written[:40]!r} is no moment") from None
    return clock.day_of(moment) if moment.tzinfo else moment.date()


def cut(written: str | None, most: int) -> str | None:
    return written[:most] if written else None


def digest(*values: object) -> str:
    return blake2b("\x1f".join(map(str, values)).encode(), digest_size=16).hexdigest()
