"""What somebody who looks for a bill may have typed: its number, its reference or an amount, written any way."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from portal import reference
from portal.money import Money
from portal.refusals import N_

LONGEST = 100
SHORTEST_NUMBER = 3
_MODEL = re.compile(r"\A(?:SI|RF) ?[0-9]{2}", re.ASCII)
_CURRENCY = re.compile(r"\A(?:€|EUR)\s*|\s*(?:€|EUR)\Z")
_GROUPED = re.compile(r"\A([0-9]{1,3})(?:([. ,'])[0-9]{3})(?:\2[0-9]{3})*(?:(?!\2)[.,][0-9]{1,2})?\Z")
_AMOUNT = re.compile(r"\A([-+]?) ?(.+)\Z", re.ASCII)
_SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | {"’": "'"})


class Unclear(ValueError):
    """Neither a number nor a reference nor an amount. Its text is an English msgid that says how to go on."""


@dataclass(frozen=True, slots=True)
class Sought:
    """All that a text can mean; a bill that fits one of it is found.

    number: a part of a bill's number, only letters and digits, large. references: as they are kept. amount: below
    zero it means credit notes only.
    """

    number: str | None = None
    references: tuple[str, ...] = ()
    amount: Money | None = None


def read(text: str) -> Sought:
    """`2025-118204`, `SI12 0000 1118 2049`, `34,99`, `1.234,56 €`; anything else is Unclear."""
    written = " ".join(unicodedata.normalize("NFKC", text).upper().translate(_SIGNS).split())
    amount = read_amount(written)
    is_amount_alone = amount is not None and not written.replace(" ", "").isdigit()
    sought = Sought(None if is_amount_alone else read_number(written), read_references(written), amount)
    if len(text) > LONGEST or sought == Sought():
        raise Unclear(N_("Type the number of a bill, its reference or an amount, such as 34.99."))
    if _MODEL.match(written) and not sought.references:
        raise Unclear(N_("This reference is not whole or has a mistake in it. Please copy it from the bill."))
    return sought


def read_number(written: str) -> str | None:
    """At least three letters and digits, a digit among them."""
    plain = "".join(sign for sign in written if sign.isascii() and sign.isalnum())
    return plain if len(plain) >= SHORTEST_NUMBER and any(map(str.isdigit, plain)) else None


def read_references(written: str) -> tuple[str, ...]:
    """A whole one, else what may be one among other words. Digits after SI00 may be those of an SI12."""
    whole = reference.read(written)
    found = [whole] if whole else reference.find(written)
    both = [kept for one in found for kept in (str(one), one.si12) if kept]
    return tuple(dict.fromkeys(both))


def read_amount(written: str) -> Money | None:
    """With or without the sign of the euro, thousands apart or not, a comma or a point before the cents."""
    signed = _AMOUNT.match(_CURRENCY.sub("", written))
    if signed is None:
        return None
    sign, figures = signed.groups()
    figures = _CURRENCY.sub("", figures)
    if (grouped := _GROUPED.match(figures)) is not None:
        figures = figures.replace(grouped.group(2), "")
    try:
        amount = Money.parse(figures)
    except ValueError:
        return None
    return -amount if sign == "-" else amount
