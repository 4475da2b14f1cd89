"""What the doctor found: fine, a warning, or a fault that has to be mended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Weight(Enum):
    FINE = ("✓", "green")
    WARNING = ("!", "yellow")
    FAULT = ("✗", "red")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and, unless it is fine, what to do."""

    weight: Weight
    what: str
    mend: str = ""


def fine(what: str) -> Finding:
    return Finding(Weight.FINE, what)


def warning(what: str, mend: str) -> Finding:
    return Finding(Weight.WARNING, what, mend)


def fault(what: str, mend: str) -> Finding:
    return Finding(Weight.FAULT, what, mend)
