"""Payment references (sklici) of the Slovenian model SI12: thirteen digits, the last one a check digit.

Source: Zbirka navodil za uporabo sklicev pri opravljanju plačilnih storitev (Združenje bank Slovenije), model 12.
"""

from __future__ import annotations

import re

FIRST_OF_ACCOUNTS = 800_000_000_000
_WRITTEN = re.compile(r"\A(?:SI\s*12\s*)?(\d{1,13})\Z", re.ASCII | re.IGNORECASE)


def check_digit(digits: str) -> int:
    """Modulo 11 with the weights 2, 3, 4 … from the right; 10 and 11 give 0."""
    total = sum(int(digit) * weight for weight, digit in enumerate(reversed(digits), start=2))
    remainder = 11 - total % 11
    return 0 if remainder > 9 else remainder


def si12(number: int) -> str:
    """The reference of a number of at most twelve digits: `SI12` and thirteen digits."""
    if not 0 <= number < 10**12:
        raise ValueError("SI12 carries twelve digits")
    digits = f"{number:012d}"
    return f"SI12{digits}{check_digit(digits)}"


def si12_of_account(number: str) -> str | None:
    """The reference that pays whatever an account owes. None: its number is no number of at most eleven digits.

    References from 800 000 000 000 up to 899 999 999 999 are for accounts: no bill may bear one.
    """
    if not (number.isascii() and number.isdigit() and len(number) <= 11):
        return None
    return si12(FIRST_OF_ACCOUNTS + int(number))


def read_si12(text: str) -> str | None:
    """What a person or a bank wrote, as `SI12…` with its lost leading zeros; a wrong check digit: None."""
    written = _WRITTEN.match(text.strip())
    if written is None:
        return None
    digits = written.group(1).zfill(13)
    if check_digit(digits[:12]) != int(digits[12]):
        return None
    return f"SI12{digits}"


def show(reference: str) -> str:
    """`SI12 1033842574531`, as it stands on a payment form."""
    return f"{reference[:4]} {reference[4:]}"
