"""The one-time key of a welcome letter: how it is written, read and kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from portal.settings import settings

LETTERS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
"""Without those that look alike on paper."""
LENGTH, GROUP = 12, 4
"""59 bits."""


def new_key() -> str:
    """`K7QF-2M4X-9TRW`"""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return "-".join(drawn[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def key_hash(key: str) -> bytes:
    """What the database keeps. Keyed, because 59 bits could be searched through by who has the table alone."""
    bare = "".join(filter(str.isalnum, key)).upper()
    return hmac.digest(settings().secret_key, b"welcome " + bare.encode(), hashlib.sha256)
