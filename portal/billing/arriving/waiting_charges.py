"""Fees that wait for a bill, as the billing system reads them: it names their ids on the lines that bill them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from portal.database import connection
from portal.money import Money

AT_A_TIME = 1000


async def waiting() -> AsyncIterator[dict[str, str]]:
    """Those that nobody waived and no bill holds, a thousand read at a time."""
    after: UUID | None = UUID(int=0)
    while after is not None:
        async with connection() as connected:
            rows = await connected.fetch(WAITING, after, AT_A_TIME)
        for row in rows:
            yield {
                "id": str(row["id"]),
                "account": row["account"],
                "kind": row["kind"],
                "amount": Money(row["amount_cents"]).plain,
                "incurred_on": row["incurred_on"].isoformat(),
            }
        after = rows[-1]["id"] if len(rows) == AT_A_TIME else None


WAITING = """
    SELECT c.id, a.number AS account, c.kind, c.amount_cents, c.incurred_on
    FROM charges c JOIN accounts a ON a.id = c.account
    WHERE c.bill IS NULL AND c.waived_at IS NULL AND c.id > $1 ORDER BY c.id LIMIT $2
"""
