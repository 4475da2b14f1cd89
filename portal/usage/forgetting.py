"""Warnings and lifted blocks are kept as long as what they speak of."""

from __future__ import annotations

from datetime import date

from portal.database import connection
from portal.usage.months import month
from portal.usage.policy import policy


async def forget_warnings(today: date) -> None:
    """In portions that each take their locks for a moment."""
    kept = policy().months_kept
    oldest = month(today, -max(kept.allowances, kept.spending))
    async with connection() as connected:
        for statement in (OLD_WARNINGS, OLD_BLOCKS):
            while await connected.execute(statement, oldest) != "DELETE 0":
                pass


OLD_WARNINGS = """
    DELETE FROM usage_warnings WHERE id IN (SELECT id FROM usage_warnings WHERE period_from < $1 LIMIT 5000)
"""
OLD_BLOCKS = """
    DELETE FROM spending_blocks WHERE id IN
    (SELECT id FROM spending_blocks WHERE period_from < $1 AND lifted_at IS NOT NULL LIMIT 5000)
"""
