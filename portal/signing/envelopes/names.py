"""Whether two names are those of one person, as people and systems write them."""

from __future__ import annotations

import unicodedata


def is_same_name(one: str, other: str) -> bool:
    """`Žan  Novak` is `NOVAK, Zan`: case, accents, blanks and the order of the words do not count."""
    return words_of(one) == words_of(other)


def words_of(name: str) -> list[str]:
    """`đ` and `ł` have no accent that could be taken away, so `đ`, the one of names here, is named."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("đ", "d")
    return sorted("".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char)).split())
