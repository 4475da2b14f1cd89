"""Warnings and blocks go when what they speak of is gone; a block that stands stays."""

from __future__ import annotations

from datetime import date

from portal import clock
from portal.usage.jobs import forget_warnings
from portal.usage.tables import SpendingBlock, UsageWarning
from tests.people import NOON, Person, a_person, saved

OLDEST_KEPT = date(2025, 8, 1)
"""Fifteen months before November 2026."""
TOO_OLD = date(2025, 7, 31)


async def a_warning(person: Person, period: date) -> None:
    await saved(UsageWarning(line=person.line.id, period_from=period, about="data", percent=80, warned_at=NOON))


async def a_block(person: Person, period: date, *, is_lifted: bool) -> None:
    lifted_at = NOON if is_lifted else None
    await saved(
        SpendingBlock(
            line=person.line.id,
            period_from=period,
            spent_cents=2_000,
            limit_cents=2_000,
            blocked_at=NOON,
            lifted_at=lifted_at,
        )
    )


async def test_what_is_older_than_what_is_kept_is_forgotten(database: str) -> None:
    bojan = await a_person()
    for period in (TOO_OLD, OLDEST_KEPT):
        await a_warning(bojan, period)
        await a_block(bojan, period, is_lifted=True)

    with clock.stopped_at(NOON):
        await forget_warnings()

    assert await UsageWarning.select(UsageWarning.period_from) == [{"period_from": OLDEST_KEPT}]
    assert await SpendingBlock.select(SpendingBlock.period_from) == [{"period_from": OLDEST_KEPT}]


async def test_a_block_that_stands_is_not_forgotten(database: str) -> None:
    bojan = await a_person()
    await a_block(bojan, TOO_OLD, is_lifted=False)

    with clock.stopped_at(NOON):
        await forget_warnings()

    assert await SpendingBlock.count() == 1
