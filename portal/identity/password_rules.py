"""Which passwords may be chosen: long ones that are neither everybody's nor about their owner.

Source: NIST SP 800-63B, 5.1.1.2: length, what is guessed first, words of the context; no rules of composition.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from portal.identity.passwords import normal
from portal.refusals import N_

SHORTEST, LONGEST = 12, 128
FEWEST_OF_ITS_OWN = 6
"""Characters that are left when everything known of the owner is taken out."""
FEWEST_DIFFERENT = 5
SHORTEST_WORD = 4
GUESSED_FIRST = Path(__file__).with_name("guessed_first.txt")
RUNS = ("0123456789" * 3, "9876543210" * 3, "abcdefghijklmnopqrstuvwxyz" * 2, "qwertzuiopasdfghjklyxcvbnm" * 2)

TOO_SHORT = N_("Choose a password of at least 12 characters, for instance a few words.")
TOO_LONG = N_("A password has at most 128 characters.")
TOO_PLAIN = N_("Many people choose this one, so it is tried first. Choose another, for instance a few words.")
TOO_PERSONAL = N_("This one is made of your name, your number or ours. Choose one that nobody can guess who knows you.")


def fault(password: str, of_the_owner: Iterable[str]) -> str | None:
    """What speaks against it (a msgid), or None. `of_the_owner`: names and numbers that others know."""
    length = len(normal(password))
    if length < SHORTEST:
        return TOO_SHORT
    if length > LONGEST:
        return TOO_LONG
    bare = plain(password)
    if is_guessed_first(bare):
        return TOO_PLAIN
    return TOO_PERSONAL if len(without(bare, of_the_owner)) < FEWEST_OF_ITS_OWN else None


def is_guessed_first(bare: str) -> bool:
    is_a_run = any(bare in run for run in RUNS) and bool(bare)
    return is_a_run or len(set(bare)) < FEWEST_DIFFERENT or bare in guessed_first()


def without(bare: str, of_the_owner: Iterable[str]) -> str:
    """What is left of a password without the words and numbers of its owner, the longest first."""
    words = {plain(word) for known in of_the_owner for word in [known, *re.split(r"[\s@.,-]+", known)]}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            bare = bare.replace(word, "")
    return bare


def plain(text: str) -> str:
    """Letters and digits alone, small and without accents: `Kovač!` → `kovac`."""
    taken_apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalnum, taken_apart))


@cache
def guessed_first() -> frozenset[str]:
    return frozenset(plain(line) for line in GUESSED_FIRST.read_text().splitlines())
