"""What follows from a measurement in its own transaction: warnings noted, and blocks to be looked after."""

from __future__ import annotations

import pytest

from portal.usage.tables import OnReaching, SpendingBlock, UsageWarning
from tests.people import Person, a_person
from tests.usage.arriving.feeds import a_record, an_allowance, bring_in, spending
from tests.usage.meters import limits_spending, work
from tests.world import Exchange, exchange

__all__ = ["exchange"]

LATER = "2026-11-21T11:55:00+01:00"


@pytest.fixture
async def bojan(database: str) -> Person:
    return await a_person("Bojan Kralj")


async def noted() -> list[tuple[str, int]]:
    rows = await UsageWarning.select(UsageWarning.about, UsageWarning.percent).order_by(
        UsageWarning.about, UsageWarning.percent
    )
    return [(row["about"], row["percent"]) for row in rows]


async def test_at_exactly_eighty_percent_it_is_noted_and_below_it_is_not(bojan: Person) -> None:
    await bring_in(
        an_allowance(bojan.line, 15_999_999_999, code="below"),
        an_allowance(bojan.line, 16_000_000_000, code="at"),
        an_allowance(bojan.line, 10**15, code="endless", included=None),
        a_record(bojan.line),
    )

    assert await noted() == [("at", 80)]


async def test_what_is_used_of_nothing_included_is_no_warning(bojan: Person) -> None:
    await bring_in(an_allowance(bojan.line, 5, included=0))

    assert await noted() == []


async def test_spending_reaches_the_customers_limit_and_the_law_s(bojan: Person) -> None:
    await limits_spending(bojan, 6_200)
    await bring_in(spending(bojan.line, "62.00", roaming="50.00"))

    assert await noted() == [("roaming", 80), ("spending", 80), ("spending", 100)]


async def test_of_a_period_that_is_over_nothing_is_noted(bojan: Person) -> None:
    over = {"period_from": "2026-10-01", "period_to": "2026-10-31"}
    await bring_in(an_allowance(bojan.line, 20 * 10**9, **over), spending(bojan.line, "70.00", roaming="70.00", **over))

    assert await noted() == []


async def test_a_correction_to_nothing_lifts_a_block(bojan: Person, exchange: Exchange) -> None:
    await limits_spending(bojan, 2_000, OnReaching.BLOCK)
    await bring_in(spending(bojan.line, "20.00"))
    await work()
    assert await SpendingBlock.exists().where(SpendingBlock.lifted_at.is_null())

    await bring_in(spending(bojan.line, "0.00", measured_at=LATER))
    await work()

    assert not await SpendingBlock.exists().where(SpendingBlock.lifted_at.is_null())
