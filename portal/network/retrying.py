"""Orders that the network refused: a person lists them, mends the cause, and sends them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal import audit
from portal.database import transaction
from portal.jobs import enqueue
from portal.statements import Statement


@dataclass(frozen=True, slots=True)
class RefusedOrder:
    id: UUID
    line: str
    asked_at: datetime
    answer: str | None


REFUSED = Statement(
    """
    SELECT o.id, l.number AS line, o.asked_at, o.answer FROM barring_orders o JOIN lines l ON l.id = o.line
    WHERE o.state = 'refused' AND NOT EXISTS (
        SELECT FROM barring_orders newer WHERE newer.line = o.line AND newer.asked_at > o.asked_at
    )
    ORDER BY o.asked_at
    """,
    RefusedOrder,
)
AGAIN = """
    UPDATE barring_orders o SET state = 'waiting', answer = NULL FROM lines l
    WHERE o.id = $1 AND o.state = 'refused' AND l.id = o.line AND NOT EXISTS (
        SELECT FROM barring_orders newer WHERE newer.line = o.line AND newer.asked_at > o.asked_at
    )
    RETURNING l.account
"""


async def refused() -> list[RefusedOrder]:
    """The last wish of each line that the network said no to."""
    return await REFUSED.all()


async def retry(order: UUID) -> bool:
    """Send a refused order once more. False: it is not refused, or a newer wish has taken its place."""
    async with transaction() as connected:
        account = await connected.fetchval(AGAIN, order)
        if account is None:
            return False
        await enqueue("network.send", order=str(order))
        await audit.note(audit.Event.BARRING_RETRIED, account=account, order=str(order))
        return True
