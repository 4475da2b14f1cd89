"""A file of the bank that is not imported at all, and why."""

from __future__ import annotations

from typing import Any


class StatementRefused(Exception):
    """Nothing of the file is booked. The sentence says what is wrong and, where it can, in which line."""


def wrong(element: Any, what: str) -> StatementRefused:
    """`element`: of lxml, the one that is not as it has to be."""
    name = str(element.tag).rpartition("}")[2]
    return StatementRefused(f"line {element.sourceline}, {name}: {what}")
