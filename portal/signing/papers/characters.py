"""The characters that can be printed: an order may bring any, and one without a shape would let no document be made."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

NOT_SHOWN = "□"
"""Stands for a character that the font has no shape for, so that it is seen that there was one."""

CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
"""They have no shape, and some turn around what follows them."""

SHAPELESS = re.compile(
    r"[^\s\x20-\u02af\u0300-\u036f\u0370-\u04ff\u1e00-\u1eff\u2010-\u2040\u2042\u2044-\u205e"
    r"\u20a0-\u20bf\u2116\u2122\u2190-\u21ff\u2200-\u22ff\u25a1]"
)
"""What Libertinus Serif, the font of the documents, has: Latin, Greek and Cyrillic letters, punctuation, signs."""


def printable(value: Any) -> Any:
    """Every text of a sheet, at whatever depth, as it can be printed."""
    if isinstance(value, str):
        return SHAPELESS.sub(NOT_SHOWN, CONTROLS.sub("", unicodedata.normalize("NFC", value)))
    if isinstance(value, dict):
        return {key: printable(part) for key, part in value.items()}
    return [printable(part) for part in value] if isinstance(value, list | tuple) else value
