"""Random tokens, kept by us only as hashes, and the cookies that carry them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from litestar.datastructures import Cookie

SESSION = "__Host-session"
DEVICE = "__Host-device"
CHALLENGE = "__Host-challenge"
VISIT = "__Host-visit"
LANGUAGE = "__Host-language"


def new_token() -> str:
    """256 bits, URL-safe."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> bytes:
    """What the database keeps of a token. A fast hash is enough: the token is not guessable."""
    return hashlib.sha256(token.encode()).digest()


def cookie(name: str, value: str, max_age: int | None = None) -> Cookie:
    """A `__Host-` cookie: this host only, over TLS (or loopback), out of scripts' reach."""
    return Cookie(key=name, value=value, path="/", secure=True, httponly=True, samesite="lax", max_age=max_age)


def expired(name: str) -> Cookie:
    return cookie(name, "", max_age=0)


def seconds_until(moment: datetime, now: datetime) -> int:
    return max(0, int((moment - now).total_seconds()))
