"""Switching one service: from the wish to what the network has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.network.switching import read_services
from portal.network.tables import OFF
from portal.refusals import NotFound
from portal.sandbox.network import Behaviour
from portal.services.refusals import (
    BeginNotAsked,
    EmergencyNumber,
    ForwardedToItself,
    LapsesByItself,
    LineEnded,
    MostReached,
    NoSuchNumber,
    NotOffered,
    PremiumNumber,
    PriceChanged,
    StillChanging,
    StillChecking,
    UnknownSetting,
)
from portal.services.switching import Outcome
from tests.people import TODAY, Person, a_person, saved
from tests.services.asking import ON, ask, count, has, network_has, orders, read, services, standing, states, to
from tests.services.picky import Picky
from tests.working import work_off
from tests.world import Exchange


async def test_a_wish_is_under_way_until_the_network_confirms_it(ana: Person) -> None:
    asked = await ask(ana, "roaming")

    meanwhile = await standing(ana, "roaming")
    await work_off()
    after = await standing(ana, "roaming")

    assert asked.outcome == Outcome.ORDERED
    assert meanwhile.network == OFF
    assert meanwhile.under_way is not None
    assert meanwhile.under_way.setting == ON
    assert (after.network, after.under_way) == (ON, None)
    assert await states(ana) == ["roaming on done"]


async def test_the_same_again_is_one_order_and_told_so(ana: Person) -> None:
    await ask(ana, "roaming")

    again = await ask(ana, "roaming")
    await work_off()
    later = await ask(ana, "roaming")

    assert (again.outcome, later.outcome) == (Outcome.UNDER_WAY, Outcome.ALREADY)
    assert len(await orders(ana)) == 1


async def test_what_is_refused_leaves_the_network_s_state_and_says_why(ana: Person, exchange: Exchange) -> None:
    await exchange.behaves(ana.line.number, Behaviour.REFUSING, "not_supported")

    await has(ana, "mms")

    after = await standing(ana, "mms")
    assert (after.network, after.under_way) == (OFF, None)
    assert after.refused is not None
    assert after.refused.code == "not_supported"
    assert "ne podpira" in (await shown_why(ana, after.refused.code))


async def shown_why(person: Person, code: str) -> str:
    return (await services(person)).catalogue.why(code, "sl")


async def test_while_the_network_is_down_a_wish_is_under_way_and_nothing_else(ana: Person, exchange: Exchange) -> None:
    await exchange.goes_down()
    await has(ana, "data_abroad")
    meanwhile = await standing(ana, "data_abroad")

    await exchange.comes_up()
    await work_off(later=True)

    assert (meanwhile.network, meanwhile.under_way is None) == (OFF, False)
    assert await states(ana) == ["roaming on done", "data_abroad on done"]


async def test_what_was_done_without_an_answer_is_found_and_bought_once(ana: Person, exchange: Exchange) -> None:
    await exchange.behaves(ana.line.number, Behaviour.SILENT_BUT_DONE)
    await has(ana, "data_5gb", count(1))
    meanwhile = await states(ana)

    await work_off(later=True)

    assert meanwhile == ["data_5gb on ordered"]
    assert await states(ana) == ["data_5gb on done"]
    assert await exchange.switched(ana.line.number, "data_5gb") == 1


async def test_a_code_without_words_of_its_own_still_says_that_nothing_is_charged(ana: Person) -> None:
    assert "Ničesar ne zaračunamo" in await shown_why(ana, "0x8004")


async def test_a_refusal_is_forgotten_with_the_next_wish(ana: Person, picky: Picky) -> None:
    picky.refused = {"mms": "not_supported"}
    await has(ana, "mms")
    picky.refused = {}

    await has(ana, "mms")

    assert (await standing(ana, "mms")).refused is None
    assert await network_has(ana, "mms") == ON


async def test_a_number_typed_at_home_goes_to_the_network_in_full(ana: Person) -> None:
    await has(ana, "call_forwarding", to("041 555 100"))

    assert await network_has(ana, "call_forwarding") == to("+38641555100")


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", NoSuchNumber),
        ("0411", NoSuchNumber),
        ("041 12", NoSuchNumber),
        ("+43 1 123", NoSuchNumber),
        ("112", EmergencyNumber),
        ("+386 113", EmergencyNumber),
        ("116 111", EmergencyNumber),
        ("090 12 34", PremiumNumber),
        ("+38690 99 99 99", PremiumNumber),
        ("+49 900 1234567", PremiumNumber),
        ("+881 6 12345678", PremiumNumber),
    ],
)
async def test_calls_are_forwarded_to_ordinary_numbers_only(ana: Person, typed: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await ask(ana, "call_forwarding", to(typed))

    assert await orders(ana) == []


async def test_calls_are_not_forwarded_to_the_line_itself(ana: Person) -> None:
    with pytest.raises(ForwardedToItself):
        await ask(ana, "call_forwarding", to(ana.line.number))


async def test_packages_are_bought_one_by_one(ana: Person) -> None:
    await has(ana, "data_5gb", count(1))
    await has(ana, "data_5gb", count(2))
    again = await has(ana, "data_5gb", count(2))

    assert again.outcome == Outcome.ALREADY
    assert await network_has(ana, "data_5gb") == count(2)
    assert [order.value for order in await orders(ana)] == ["1", "2"]


async def test_the_second_package_waits_until_the_first_is_there_so_that_each_is_charged(ana: Person) -> None:
    await ask(ana, "data_5gb", count(1))

    with pytest.raises(StillChanging):
        await ask(ana, "data_5gb", count(2))
    await work_off()

    assert await states(ana) == ["data_5gb on done"]
    assert await network_has(ana, "data_5gb") == count(1)


async def test_the_count_of_a_month_that_is_over_is_read_anew_before_another_is_bought(ana: Person) -> None:
    """Otherwise two packages would be ordered for the price of one."""
    await has(ana, "data_5gb", count(1))
    december = datetime(2026, 11, 30, 23, 1, tzinfo=UTC)
    await read_at(ana, december - timedelta(minutes=2))

    with pytest.raises(StillChecking):
        await ask(ana, "data_5gb", count(2), at=december)
    assert (await services(ana, december)).is_stale

    await read_at(ana, december)
    assert (await standing(ana, "data_5gb", december)).cannot is None


async def read_at(person: Person, moment: datetime) -> None:
    with clock.stopped_at(moment):
        await read_services(person.line.id, moment)


async def test_a_paid_one_that_is_going_off_is_not_bought_a_second_time(ana: Person) -> None:
    await has(ana, "security")
    await ask(ana, "security", OFF)

    with pytest.raises(StillChanging):
        await ask(ana, "security")
    await work_off()

    assert await states(ana) == ["security on done", "security off done"]


@pytest.mark.parametrize("value", ["0", "2", "-1", "1e1", "٣", "100", ""])
async def test_no_other_count_than_the_next_is_taken(ana: Person, value: str) -> None:
    with pytest.raises(UnknownSetting):
        await ask(ana, "data_5gb", to(value), agreed=499)


async def test_there_are_only_so_many_packages_in_a_month(ana: Person, exchange: Exchange) -> None:
    await exchange.has_on(ana.line.number, data_20gb=count(5))
    await read(ana)

    with pytest.raises(MostReached):
        await ask(ana, "data_20gb", count(6))


async def test_a_package_is_not_switched_off(ana: Person) -> None:
    await has(ana, "data_5gb", count(1))

    with pytest.raises(LapsesByItself):
        await ask(ana, "data_5gb", OFF)


async def test_a_value_where_none_belongs_is_refused(ana: Person) -> None:
    with pytest.raises(UnknownSetting):
        await ask(ana, "roaming", to("+38641555100"))


async def test_a_price_that_was_not_shown_is_not_taken(ana: Person) -> None:
    for seen in (0, 198, 200):
        with pytest.raises(PriceChanged):
            await ask(ana, "security", agreed=seen)

    assert await states(ana) == []


async def test_what_is_free_cannot_be_agreed_to_for_money(ana: Person) -> None:
    with pytest.raises(PriceChanged):
        await ask(ana, "roaming", agreed=199)


async def test_a_purchase_begins_at_once_only_where_that_was_asked_for(ana: Person) -> None:
    with pytest.raises(BeginNotAsked):
        await ask(ana, "security", begins_at_once=False)

    await ask(ana, "roaming", begins_at_once=False)


async def test_a_company_has_no_time_to_withdraw_so_nothing_waits_for_it(shop: Person) -> None:
    asked = await ask(shop, "static_address", begins_at_once=False)

    assert asked.outcome == Outcome.ORDERED


async def test_what_the_package_does_not_have_is_not_offered(ana: Person) -> None:
    with pytest.raises(NotOffered):
        await ask(ana, "tv_plus", agreed=1390)
    with pytest.raises(NotFound):
        await ask(ana, "moon_landing", agreed=0)


async def test_a_line_that_has_ended_is_switched_neither_on_nor_off(ana: Person) -> None:
    await has(ana, "roaming")
    ana.contract.ended_on = TODAY
    await saved(ana.contract)

    for setting in (OFF, ON):
        with pytest.raises(LineEnded):
            await ask(ana, "roaming" if setting == OFF else "mms", setting)


async def test_nothing_is_switched_on_a_line_of_which_nothing_is_known(exchange: Exchange, database: str) -> None:
    new = await a_person("Nova Novak")

    with pytest.raises(StillChecking):
        await ask(new, "roaming")
    assert (await standing(new, "roaming")).network is None
