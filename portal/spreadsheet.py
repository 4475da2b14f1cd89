"""CSV as Slovenian spreadsheets open it: semicolons, UTF-8 with its mark, and no cell that calculates.

Source: OWASP, «CSV Injection».
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

MARK = "\ufeff"
"""At the beginning of a file: without it Excel takes UTF-8 for an older encoding."""
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row(cells: Iterable[str | int]) -> str:
    """One row with its end."""
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow(cells)
    return line.getvalue()


def harmless(value: str) -> str:
    """Somebody's words are no formula: they are marked as text."""
    return f"'{value}" if value.startswith(BEGINS_A_FORMULA) else value
