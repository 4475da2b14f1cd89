"""The port to document signing: what binds for months or comes with equipment is signed for first."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from portal.services.refusals import CallUsForDocuments


class Documents(Protocol):
    """When all are signed, whoever fills this calls `beginning.signed`; when they lapse, `beginning.lapsed`."""

    async def prepare(self, switch: UUID, *, at: datetime) -> str:
        """Make the documents of a switch that waits for them, in the running transaction: the path to sign them at."""

    async def are_accepted(self, occasion: UUID) -> bool:
        """Whether the customer has signed for what was asked for together, though signatures are still being made."""


_documents: Documents | None = None


def use(documents: Documents | None) -> None:
    """Give this process its document signing."""
    global _documents
    _documents = documents


def connected() -> Documents:
    """Raises CallUsForDocuments where there is none."""
    if _documents is None:
        raise CallUsForDocuments
    return _documents
