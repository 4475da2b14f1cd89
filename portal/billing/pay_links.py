"""The link that lets whoever has it pay for one account without signing in. It is kept nowhere: its letters prove it.

It leads to amounts, a due day and initials, and to nothing else, so sixty bits and a few months are enough for it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime

from portal import clock
from portal.settings import settings

BYTES = 8
LETTERS = 12
"""Of base32, five bits each."""
LATER_MONTHS = 3
LONGEST_TOKEN = 64


def pay_link(account_number: str, at: datetime) -> str:
    """Absolute, for messages: `https://…/p/<account number>-<12 letters>`. Good for this month and three more."""
    return settings().link(f"/p/{pay_token(account_number, at)}")


def pay_token(account_number: str, at: datetime) -> str:
    day = clock.day_of(at)
    return f"{account_number}-{letters(account_number, day.year, day.month)}"


def read_pay_link(token: str, at: datetime) -> str | None:
    """The number of the account that a token was made for, or None: not ours, changed, or too old."""
    account_number, _, given = token.rpartition("-")
    if not account_number or len(token) > LONGEST_TOKEN:
        return None
    good = [
        hmac.compare_digest(letters(account_number, year, month).encode(), given.encode())
        for year, month in months_until(at)
    ]
    return account_number if any(good) else None


def months_until(at: datetime) -> Iterator[tuple[int, int]]:
    """The month of a moment in Slovenia and those before it whose links are still good."""
    day = clock.day_of(at)
    for back in range(LATER_MONTHS + 1):
        year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
        yield year, month + 1


def letters(account_number: str, year: int, month: int) -> str:
    said = f"pay{account_number}{year:04d}-{month:02d}".encode()
    digest = hmac.digest(settings().secret_key, said, hashlib.sha256)
    return base64.b32encode(digest[:BYTES]).decode().lower()[:LETTERS]
