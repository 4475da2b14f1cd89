"""Who is told what was spent beyond the package and abroad: the line, and who pays for it."""

from __future__ import annotations

import asyncio

import pytest

from portal.customers.tables import CustomerKind
from portal.database import DB, transaction
from portal.usage.policy import policy
from portal.usage.tables import OnReaching, UsageWarning
from portal.usage.telling import tell_each
from portal.usage.warning import note_what_is_known
from tests.people import NOON, TODAY, Person, a_person
from tests.usage.meters import NIGHT, a_second_line, limits_spending, spends, told, work
from tests.world import Exchange, exchange

__all__ = ["exchange"]

MOTHER = "+38631222333"


@pytest.fixture
async def bojan(database: str) -> Person:
    return await a_person("Bojan Kralj")


@pytest.fixture
async def mother(database: str) -> Person:
    """Her child is on the line; she is reached elsewhere, and pays."""
    mother = await a_person("Maja Strmec")
    mother.customer.contact_number = MOTHER
    await mother.customer.save()
    return mother


async def test_without_a_limit_spending_at_home_warns_nobody(bojan: Person) -> None:
    await spends(bojan.line, 50_000)
    await work()

    assert await told(bojan.line.number) == []


async def test_most_of_the_limit_is_told_with_where_to_change_it(bojan: Person) -> None:
    await limits_spending(bojan, 2_000)
    await spends(bojan.line, 1_600)
    await work()

    assert await told(bojan.line.number) == [
        "Nad paketom ste porabili 16,00 EUR, omejitev je 20,00 EUR. Spremenite jo: https://moj.test/usage/limit Moj A1"
    ]


async def test_one_cent_less_is_not_told(bojan: Person) -> None:
    await limits_spending(bojan, 2_000)
    await spends(bojan.line, 1_599)
    await work()

    assert await told(bojan.line.number) == []


async def test_a_limit_that_only_tells_says_that_nothing_is_switched_off(bojan: Person) -> None:
    await limits_spending(bojan, 2_000)
    await spends(bojan.line, 2_000)
    await work()

    (text,) = await told(bojan.line.number)
    assert text.startswith("Dosegli ste omejitev 20,00 EUR, poraba je 20,00 EUR. Storitve delujejo naprej.")


async def test_a_limit_that_blocks_is_told_by_the_block_alone(bojan: Person, exchange: Exchange) -> None:
    await limits_spending(bojan, 2_000, OnReaching.BLOCK)
    await spends(bojan.line, 2_100)
    await work()

    (text,) = await told(bojan.line.number)
    assert "izklapljamo" in text


async def test_the_child_on_the_line_and_the_mother_who_pays_are_both_told(mother: Person) -> None:
    await limits_spending(mother, 2_000)
    await spends(mother.line, 1_700)
    await work()

    (to_child,), (to_mother,) = await told(mother.line.number), await told(MOTHER)
    assert to_child.startswith("Nad paketom ste porabili 17,00 EUR")
    assert to_mother.removeprefix(
        f"0{mother.line.number[4:6]} {mother.line.number[6:9]} {mother.line.number[9:]}: "
    ) == (to_child)


async def test_a_new_limit_is_warned_of_anew(bojan: Person) -> None:
    await limits_spending(bojan, 2_000)
    await spends(bojan.line, 1_600)
    await work()
    await limits_spending(bojan, 5_000)
    await spends(bojan.line, 4_100)
    await work()

    texts = await told(bojan.line.number)
    assert [text.split(".")[0] for text in texts] == [
        "Nad paketom ste porabili 16,00 EUR, omejitev je 20,00 EUR",
        "Nad paketom ste porabili 41,00 EUR, omejitev je 50,00 EUR",
    ]


async def test_what_is_reached_already_when_a_limit_is_set_is_said_on_the_page_and_by_no_message(bojan: Person) -> None:
    await spends(bojan.line, 1_900)
    await limits_spending(bojan, 2_000)
    await spends(bojan.line, 1_950)
    await work(later=True)

    assert await told(bojan.line.number) == []


async def test_the_law_s_limit_abroad_is_without_vat_and_spending_is_with_it(bojan: Person) -> None:
    assert policy().roaming.limit.cents == 6_100
    await spends(bojan.line, 4_879, roaming=4_879)
    await work()
    assert await told(bojan.line.number) == []

    await spends(bojan.line, 4_880, roaming=4_880, at=NIGHT)
    await work(NIGHT)

    (text,) = await told(bojan.line.number)
    assert text.startswith("V gostovanju ste porabili 48,80 EUR z DDV, omejitev je 61,00 EUR.")
    assert text.endswith("Izklop podatkov: https://moj.test/services Moj A1")


async def test_the_limit_abroad_reached_is_told_once(bojan: Person) -> None:
    for cents in (6_100, 6_100, 7_000):
        await spends(bojan.line, cents, roaming=cents)
        await work()

    (text,) = await told(bojan.line.number)
    assert text.startswith("V gostovanju ste dosegli omejitev 61,00 EUR, poraba z DDV: 61,00 EUR.")
    assert await UsageWarning.count() == 2


async def test_a_company_is_not_told_of_each_journey_of_its_people(database: str) -> None:
    company = await a_person("Novak d. o. o.", kind=CustomerKind.COMPANY)
    employee = await a_second_line(company)
    await spends(employee, 6_200, roaming=6_200)
    await work()

    assert company.customer.contact_number is not None
    assert len(await told(employee.number)) == 1
    assert await told(company.customer.contact_number) == []


async def test_a_limit_that_is_set_while_a_warning_is_taken_back_waits_for_nothing_that_waits_for_it(
    bojan: Person,
) -> None:
    """The page has the limit and wants the warnings; who takes one back has that and may not want the limit."""
    await limits_spending(bojan, 2_000)
    await spends(bojan.line, 2_000)
    await spends(bojan.line, 1_700)
    async with transaction() as page:
        await page.execute("UPDATE spending_limits SET limit_cents = 1000 WHERE line = $1", bojan.line.id)
        telling = asyncio.create_task(tell_all())
        await asyncio.wait([telling], timeout=0.3)
        await note_what_is_known(page, bojan.line.id, TODAY, NOON)
    await telling
    await work()

    assert await told(bojan.line.number) == []
    assert await UsageWarning.count() == 2


async def tell_all() -> None:
    """In a task of its own, so outside of the transaction it was started in."""
    DB.current_transaction.set(None)
    await tell_each([row["id"] for row in await UsageWarning.select(UsageWarning.id)], NOON)


async def test_at_night_most_of_the_limit_waits_and_all_of_it_does_not(bojan: Person) -> None:
    await limits_spending(bojan, 2_000)
    await spends(bojan.line, 1_600, at=NIGHT)
    await work(NIGHT)
    assert await told(bojan.line.number) == []

    await spends(bojan.line, 2_000, at=NIGHT)
    await work(NIGHT)

    assert len(await told(bojan.line.number)) == 1


async def test_whoever_is_told_by_two_jobs_is_told_once(bojan: Person) -> None:
    await limits_spending(bojan, 2_000)
    await spends(bojan.line, 1_600, at=NOON)
    await work()

    await tell_each([row["id"] for row in await UsageWarning.select(UsageWarning.id)], NOON)

    assert len(await told(bojan.line.number)) == 1
