"""What can be wrong with evidence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`where`: `entry 17`, `document 2 of order N000123`; `what` is wrong with it, for staff."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"
