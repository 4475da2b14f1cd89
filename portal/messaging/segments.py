"""How many SMS a text takes: the operator pays for each, and long ones arrive later.

Source: 3GPP TS 23.038 (alphabets), TS 23.040 (concatenation).
"""

from __future__ import annotations

from portal.gsm7 import BASIC, EXTENDED

GSM_7 = (160, 153)
UCS_2 = (70, 67)


def is_gsm7(text: str) -> bool:
    """Whether the short alphabet holds every character; č, š and ž are not in it."""
    return BASIC.issuperset(set(text) - EXTENDED)


def segments(text: str) -> int:
    """One up to 160 (70) characters, else 153 (67) each; a character of two units is never torn apart."""
    if is_gsm7(text):
        return parts([2 if character in EXTENDED else 1 for character in text], *GSM_7)
    return parts([2 if ord(character) > 0xFFFF else 1 for character in text], *UCS_2)


def parts(widths: list[int], alone: int, joined: int) -> int:
    if sum(widths) <= alone:
        return 1
    count, filled = 1, 0
    for width in widths:
        if filled + width > joined:
            count, filled = count + 1, 0
        filled += width
    return count
