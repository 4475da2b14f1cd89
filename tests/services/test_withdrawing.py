"""Taking a purchase back within fourteen days: off it goes, and only the days it was on are owed."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from portal import clock
from portal.money import Money
from portal.network.tables import OFF
from portal.refusals import NotFound
from portal.services import switching
from portal.services.refusals import NotToBeWithdrawn, StillChanging
from portal.services.tables import Switch
from portal.services.withdrawal_terms import share_of_days
from tests.people import NOON, Person
from tests.services.asking import (
    ON,
    ask,
    count,
    has,
    line,
    network_has,
    orders,
    standing,
    states,
    switches,
    withdraw,
)
from tests.services.picky import Picky
from tests.working import work_off
from tests.world import mails

FOUR_DAYS_LATER = NOON + timedelta(days=4)
LAST_MOMENT = datetime(2026, 12, 5, 22, 59, 59, tzinfo=UTC)
"""Of the fourteenth day after, in Slovenia."""


async def test_it_goes_off_and_the_days_are_owed(franc: Person) -> None:
    asked = await has(franc, "tv_plus")
    bought = (await standing(franc, "tv_plus", FOUR_DAYS_LATER)).bought
    assert bought is not None

    with clock.stopped_at(FOUR_DAYS_LATER):
        await withdraw(franc, asked, at=FOUR_DAYS_LATER)
        await work_off()

    assert bought.owed(date(2026, 11, 25)) == Money(232)
    assert await network_has(franc, "tv_plus") == OFF
    assert await states(franc) == ["tv_plus on done", "tv_plus off done"]
    assert (await switches(franc))[0].withdrawn_at == FOUR_DAYS_LATER


async def test_it_is_acknowledged_with_its_moment_and_what_is_owed(franc: Person) -> None:
    asked = await has(franc, "tv_plus")
    with clock.stopped_at(FOUR_DAYS_LATER):
        await withdraw(franc, asked, at=FOUR_DAYS_LATER)
        await work_off()

    bought, withdrawn = await mails(franc.customer.email)
    assert "TV Plus" in bought.subject + bought.text
    assert "25. 11. 2026 ob 12.00" in withdrawn.text
    assert "2,32" in withdrawn.text


async def test_the_right_lasts_to_the_end_of_the_fourteenth_day(franc: Person) -> None:
    asked = await has(franc, "tv_plus")
    assert (await standing(franc, "tv_plus", LAST_MOMENT)).bought is not None

    with pytest.raises(NotToBeWithdrawn):
        await withdraw(franc, asked, at=LAST_MOMENT + timedelta(seconds=1))
    assert (await standing(franc, "tv_plus", LAST_MOMENT + timedelta(seconds=1))).bought is None


async def test_withdrawing_twice_at_once_is_one_withdrawal(franc: Person) -> None:
    asked = await has(franc, "tv_plus")

    told = await asyncio.gather(withdraw(franc, asked), withdraw(franc, asked), return_exceptions=True)
    await work_off()

    assert [type(one) for one in told if one] == [NotToBeWithdrawn]
    assert await states(franc) == ["tv_plus on done", "tv_plus off done"]
    assert len(await mails(franc.customer.email)) == 2


async def test_what_depends_on_it_goes_off_too_and_is_said(franc: Person) -> None:
    asked = await has(franc, "tv_plus")
    await has(franc, "tv_sport")

    await withdraw(franc, asked)
    await work_off()

    assert await network_has(franc, "tv_sport") == OFF
    assert "TV Šport" in (await mails(franc.customer.email))[-1].text


async def test_a_planned_change_of_it_is_given_up(franc: Person) -> None:
    asked = await has(franc, "tv_plus")
    await ask(franc, "tv_plus", OFF, starts_on=date(2026, 12, 1))

    await withdraw(franc, asked)
    await work_off()

    assert sorted(await states(franc)) == ["tv_plus off cancelled", "tv_plus off done", "tv_plus on done"]


async def test_of_packages_the_last_is_taken_back_first(ana: Person) -> None:
    first = await has(ana, "data_5gb", count(1))
    second = await has(ana, "data_5gb", count(2), at=NOON + timedelta(minutes=1))
    with pytest.raises(NotToBeWithdrawn):
        await withdraw(ana, first)

    for asked, left in ((second, count(1)), (first, OFF)):
        await withdraw(ana, asked)
        await work_off()
        assert await network_has(ana, "data_5gb") == left


async def test_a_package_is_given_back_when_the_next_one_is_there(ana: Person) -> None:
    """Otherwise the next one would be lost, and what was given back would stay."""
    first = await has(ana, "data_5gb", count(1))
    await ask(ana, "data_5gb", count(2), at=NOON + timedelta(minutes=1))

    with pytest.raises(StillChanging):
        await withdraw(ana, first)
    await work_off()

    assert await states(ana) == ["data_5gb on done", "data_5gb on done"]


async def test_a_package_is_fully_performed_with_its_month(ana: Person) -> None:
    await has(ana, "data_5gb", count(1))

    shown = (await standing(ana, "data_5gb")).bought

    assert shown is not None
    assert shown.last_day == date(2026, 11, 30)
    assert shown.owed(date(2026, 11, 22)) == Money(499)


async def test_a_company_cannot_withdraw(shop: Person) -> None:
    asked = await has(shop, "tv_plus")

    with pytest.raises(NotToBeWithdrawn):
        await withdraw(shop, asked)


async def test_what_is_free_needs_no_withdrawal(ana: Person) -> None:
    asked = await has(ana, "roaming")

    with pytest.raises(NotToBeWithdrawn):
        await withdraw(ana, asked)


async def test_a_stranger_s_purchase_is_as_one_that_is_not_there(ana: Person, franc: Person) -> None:
    asked = await has(franc, "tv_plus")
    assert asked.switch is not None
    assert ana.login is not None

    with pytest.raises(NotFound):
        await switching.withdraw(await line(ana), asked.switch, login=ana.login.id, at=NOON)
    with pytest.raises(NotFound):
        await switching.cancel(await line(ana), asked.switch, NOON)


async def test_a_withdrawal_counts_although_the_network_says_no(franc: Person, picky: Picky) -> None:
    """That it is still on is ours to mend, and the customer owes nothing for it."""
    asked = await has(franc, "tv_plus")
    picky.refused = {"tv_plus": "conflict"}

    await withdraw(franc, asked)
    await work_off()

    assert (await network_has(franc, "tv_plus"), (await switches(franc))[0].withdrawn_at) == (ON, NOON)
    assert await states(franc) == ["tv_plus on done", "tv_plus off refused"]


async def test_bought_again_it_can_be_withdrawn_from_again(franc: Person) -> None:
    for minute in range(2):
        asked = await has(franc, "tv_plus", at=NOON + timedelta(minutes=minute))
        await withdraw(franc, asked, at=NOON + timedelta(minutes=minute))
        await work_off()

    assert len(await orders(franc)) == 4
    assert await Switch.count().where(Switch.withdrawn_at.is_not_null()) == 2


def test_days_of_two_months_are_counted_by_each() -> None:
    """The last ten of November's thirty, and the first five of December's thirty-one."""
    assert share_of_days(Money(3100), date(2026, 11, 21), date(2026, 12, 5)) == Money(1533)


def test_a_whole_month_is_its_price() -> None:
    assert share_of_days(Money(1390), date(2026, 11, 1), date(2026, 11, 30)) == Money(1390)
