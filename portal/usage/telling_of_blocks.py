"""Telling that what is charged beyond the package was switched off, could not be, or is on again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from portal.money import Money
from portal.statements import Statement
from portal.usage.reaching import Reached, tell


class BlockNews(StrEnum):
    BLOCKED = "blocked"
    NOT_BLOCKED = "not_blocked"
    LIFTED = "lifted"


async def tell_of_block(line: UUID, block: UUID, news: BlockNews, limit: Money, at: datetime) -> None:
    """Who uses the line and who pays for it, once for each news of each block."""
    whom = await WHOM.first(line=line)
    assert whom is not None, "a line has a customer"
    values = {"news": str(news), "limit": limit}
    await tell(whom, "spending_blocked", values, once=f"{news} {block}", who_pays=True, at=at)


WHOM = Statement(
    """
    SELECT l.number, l.kind AS line_kind, c.id AS customer, c.language, c.contact_number, c.email
    FROM lines l JOIN accounts a ON a.id = l.account JOIN customers c ON c.id = a.customer
    WHERE l.id = $1
    """,
    Reached,
    ("line",),
)
