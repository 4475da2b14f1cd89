"""Where an order's evidence is."""

from __future__ import annotations

from uuid import UUID

from portal.database import connection
from portal.refusals import NotFound


async def envelope_of_order(number: str) -> UUID:
    """Raises NotFound where there is no such order, or it asks for no signature."""
    async with connection() as connected:
        envelope: UUID | None = await connected.fetchval(ENVELOPE, number)
    if envelope is None:
        raise NotFound
    return envelope


ENVELOPE = 'SELECT e.id FROM envelopes e JOIN orders o ON o.id = e."order" WHERE o.number = $1'
