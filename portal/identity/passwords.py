"""Hashing and checking passwords: argon2id at OWASP's floor, off the event loop, a few at once.

Source: OWASP Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane).
"""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

KIB, PASSES, LANES = 19_456, 2, 1
HASHER = PasswordHasher(time_cost=PASSES, memory_cost=KIB, parallelism=LANES)
AT_ONCE = 2
"""Each takes 19 MiB and a core; who comes next waits in the queue, and no page does."""
WORKERS = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")

UNMISTAKABLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
"""Without 0 and O, 1, I and l: it is copied from an SMS by hand."""
INITIAL_LENGTH = 10
"""57 bits, for a password that works a day and is asked for five times in a quarter of an hour."""


def normal(typed: str) -> str:
    """One form for what keyboards compose differently (NIST SP 800-63B: Unicode is normalised before hashing)."""
    return unicodedata.normalize("NFC", typed)


def new_initial() -> str:
    return "".join(secrets.choice(UNMISTAKABLE) for _ in range(INITIAL_LENGTH))


async def hashed(password: str) -> str:
    """As a PHC string, which names its parameters."""
    return await asyncio.get_running_loop().run_in_executor(WORKERS, HASHER.hash, normal(password))


async def fits(known: str | None, typed: str) -> bool:
    """Whether it is the password behind a hash. Without one the same work is done, and the answer is no."""
    return await asyncio.get_running_loop().run_in_executor(WORKERS, _fits, known, normal(typed))


def _fits(known: str | None, typed: str) -> bool:
    try:
        HASHER.verify(known or nobodys(), typed)
    except (VerificationError, InvalidHashError):
        return False
    return known is not None


@cache
def nobodys() -> str:
    """The hash of a password that nobody knows."""
    return HASHER.hash(secrets.token_urlsafe())


def is_outdated(known: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return HASHER.check_needs_rehash(known)
