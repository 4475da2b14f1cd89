"""What the billing system is given: paid changes that the network has confirmed, the same every time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal import clock
from portal.network.tables import OFF
from portal.services.billing_export import changes
from tests.people import NOON, Person
from tests.services.asking import ask, count, has, withdraw
from tests.services.picky import Picky
from tests.working import work_off

LONG_AGO = NOON - timedelta(days=365)


async def exported(since: datetime = LONG_AGO) -> list[dict[str, Any]]:
    return [row async for row in changes(since)]


def told(row: dict[str, Any]) -> str:
    return f"{row['service']} {'on' if row['on'] else 'off'} {row['price']} {row['reason']}"


async def test_only_what_the_network_has_confirmed_is_charged(franc: Person) -> None:
    await ask(franc, "tv_plus")
    before = await exported()

    await work_off()

    [row] = await exported()
    assert before == []
    assert told(row) == "tv_plus on 13.90 asked"
    assert (row["account"], row["line"], row["contract"]) == (
        franc.account.number,
        franc.line.number,
        franc.contract.number,
    )
    assert (row["asked_at"], row["done_at"], row["withdrawn_at"]) == (NOON.isoformat(), NOON.isoformat(), None)


async def test_what_is_free_or_refused_is_not_there(franc: Person, ana: Person, picky: Picky) -> None:
    picky.refused = {"tv_plus": "not_reachable"}
    await has(franc, "tv_plus")
    await has(ana, "roaming")

    assert await exported() == []


async def test_it_begins_at_a_moment_and_goes_by_what_was_done_first(ana: Person) -> None:
    for hour, wish in enumerate(("security", "data_5gb")):
        with clock.stopped_at(NOON + timedelta(hours=hour)):
            await has(ana, wish, count(1) if wish == "data_5gb" else count(1)._replace(value=None))

    assert [told(row) for row in await exported()] == ["security on 1.99 asked", "data_5gb on 4.99 asked"]
    assert [told(row) for row in await exported(NOON + timedelta(hours=1))] == ["data_5gb on 4.99 asked"]
    assert await exported() == await exported()


async def test_a_withdrawal_brings_the_purchase_again(franc: Person) -> None:
    asked = await has(franc, "tv_plus")
    later = NOON + timedelta(days=2)
    with clock.stopped_at(later):
        await withdraw(franc, asked, at=later)
        await work_off()

    bought, off = await exported(later)
    assert (bought["withdrawn_at"], off["undoes"]) == (later.isoformat(), bought["id"])
    assert [told(bought), told(off)] == ["tv_plus on 13.90 asked", "tv_plus off 13.90 withdrawn"]


async def test_what_was_put_back_names_what_it_takes_back(franc: Person, picky: Picky) -> None:
    picky.refused = {"tv_sport": "not_reachable"}
    await has(franc, "tv_sport")

    plus, back = await exported()

    assert [told(plus), told(back)] == ["tv_plus on 13.90 asked", "tv_plus off 13.90 put_back"]
    assert back["undoes"] == plus["id"]


async def test_switched_off_it_is_told_as_off(franc: Person) -> None:
    await has(franc, "tv_plus")
    await has(franc, "tv_plus", OFF)

    assert [told(row) for row in await exported()][1:] == ["tv_plus off 13.90 asked"]
