"""Words in the letters that a UPN form has: ISO 8859-2.

What it lacks is written as one reads it (€ is EUR, à is a, „ is "); for what cannot be written so, such as an emoji,
stands «?». Nothing that can be seen is dropped, and every name can be written.
"""

from __future__ import annotations

import unicodedata

MISSING = "?"
_READ_AS = str.maketrans(
    {"€": "EUR", "£": "GBP", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "⁄": "/"}
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("‘’‚‛′ʼ", "'")
    | dict.fromkeys("“”„‟«»″", '"')
    | dict(zip("øØðıħĦŧŦŋŊəƏ", "oOdihHtTnNeE", strict=True))
)


def latin2(text: str, longest: int) -> str:
    """On one line, without spaces around it, at most `longest` characters: cut between words where that keeps half."""
    words = " ".join("".join(map(written, unicodedata.normalize("NFC", text).translate(_READ_AS))).split())
    if len(words) <= longest:
        return words
    end = words.rfind(" ", 0, longest + 1)
    return words[: end if end >= longest // 2 else longest].rstrip(" ,-")


def written(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category == "Cf" or unicodedata.combining(character) or "\ufe00" <= character <= "\ufe0f":
        return ""  # never seen by itself
    if is_latin2(character):
        return character
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    plain = plain.translate(_READ_AS)
    return plain if plain and is_latin2(plain) else MISSING


def is_latin2(text: str) -> bool:
    try:
        text.encode("iso-8859-2")
    except UnicodeEncodeError:
        return False
    return True
