"""Document signing as a stand-in: it remembers what it was asked to prepare."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID


class Papers:
    def __init__(self) -> None:
        self.prepared: list[UUID] = []

    async def prepare(self, switch: UUID, *, at: datetime) -> str:
        self.prepared.append(switch)
        return f"/sign/{switch}"

    async def are_accepted(self, occasion: UUID) -> bool:
        return False
