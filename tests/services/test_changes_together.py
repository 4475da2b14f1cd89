"""What goes on or off together: one after another, all of it or nothing."""

from __future__ import annotations

from portal.network.tables import OFF, OrderState
from tests.people import Person
from tests.services.asking import ON, ask, has, network_has, orders, services, standing, states
from tests.services.picky import Picky
from tests.working import work_off


async def test_what_a_service_needs_goes_on_before_it(ana: Person) -> None:
    await ask(ana, "data_abroad")
    sent_first = [order.service for order in await orders(ana)]

    await work_off()

    assert sent_first == ["roaming"]
    assert await states(ana) == ["roaming on done", "data_abroad on done"]
    assert await network_has(ana, "data_abroad") == ON


async def test_what_waits_for_its_turn_is_shown_as_under_way(ana: Person) -> None:
    await ask(ana, "data_abroad")

    for code in ("roaming", "data_abroad"):
        assert (await standing(ana, code)).under_way is not None


async def test_what_depends_on_a_service_goes_off_before_it(ana: Person) -> None:
    await has(ana, "data_abroad")

    await has(ana, "roaming", OFF)

    assert (await states(ana))[2:] == ["data_abroad off done", "roaming off done"]


async def test_the_bigger_takes_the_place_of_the_smaller(franc: Person) -> None:
    await has(franc, "tv_basic")

    await has(franc, "tv_sport")

    assert (await states(franc))[1:] == ["tv_basic off done", "tv_plus on done", "tv_sport on done"]


async def test_when_one_is_refused_the_others_are_put_back(franc: Person, picky: Picky) -> None:
    await has(franc, "tv_basic")
    picky.refused = {"tv_sport": "not_reachable"}

    await has(franc, "tv_sport")

    assert [await network_has(franc, code) for code in ("tv_basic", "tv_plus", "tv_sport")] == [ON, OFF, OFF]
    assert (await states(franc))[1:] == [
        "tv_basic off done",
        "tv_plus on done",
        "tv_sport on refused",
        "tv_plus off done",
        "tv_basic on done",
    ]


async def test_when_the_first_is_refused_nothing_else_is_tried(franc: Person, picky: Picky) -> None:
    await has(franc, "tv_basic")
    picky.refused = {"tv_basic": "conflict"}

    await has(franc, "tv_plus")

    assert (await states(franc))[1:] == ["tv_basic off refused", "tv_plus on refused"]
    assert await network_has(franc, "tv_basic") == ON
    assert [order.service for order in await orders(franc)] == ["tv_basic", "tv_basic"]


async def test_where_putting_back_is_refused_too_it_ends_there(franc: Person, picky: Picky) -> None:
    """Basic is not put beside Plus, which the network keeps."""
    await has(franc, "tv_basic")
    picky.refused, picky.then_refuses = {"tv_sport": "not_reachable"}, {"tv_plus": "conflict"}

    await has(franc, "tv_sport")

    assert (await states(franc))[4:] == ["tv_plus off refused", "tv_basic on refused"]
    assert [await network_has(franc, code) for code in ("tv_basic", "tv_plus")] == [OFF, ON]


async def test_the_opposite_wish_overtakes_and_the_last_one_counts(ana: Person) -> None:
    await ask(ana, "data_abroad")
    await ask(ana, "roaming", OFF)

    await work_off()

    assert [await network_has(ana, code) for code in ("roaming", "data_abroad")] == [OFF, OFF]
    assert sorted(await states(ana)) == sorted(
        ["roaming on overtaken", "data_abroad on overtaken", "data_abroad off done", "roaming off done"]
    )


async def test_a_wish_that_builds_on_another_one_waits_for_it(ana: Person) -> None:
    await ask(ana, "roaming")
    await ask(ana, "data_abroad")
    assert [order.service for order in await orders(ana)] == ["roaming"]

    await work_off()

    assert await states(ana) == ["roaming on done", "data_abroad on done"]


async def test_what_builds_on_a_wish_that_is_refused_is_not_switched_either(franc: Person, picky: Picky) -> None:
    """Nobody pays for TV Sport without TV Plus; what was on before comes back."""
    await has(franc, "tv_basic")
    picky.refused = {"tv_plus": "not_reachable"}
    await ask(franc, "tv_plus")
    await ask(franc, "tv_sport")

    await work_off()

    assert [await network_has(franc, code) for code in ("tv_basic", "tv_plus", "tv_sport")] == [ON, OFF, OFF]
    assert (await standing(franc, "tv_sport")).refused is not None
    assert "tv_sport" not in [order.service for order in await orders(franc)]


async def test_what_is_still_needed_stays_where_its_dependant_would_not_go_off(ana: Person, picky: Picky) -> None:
    await has(ana, "data_abroad")
    picky.refused = {"data_abroad": "conflict"}
    await ask(ana, "data_abroad", OFF)
    await ask(ana, "roaming", OFF)

    await work_off()

    assert [await network_has(ana, code) for code in ("roaming", "data_abroad")] == [ON, ON]


async def test_wishes_that_have_nothing_to_do_with_each_other_do_not_wait(ana: Person) -> None:
    await ask(ana, "roaming")
    await ask(ana, "mms")

    assert [order.service for order in await orders(ana)] == ["roaming", "mms"]


async def test_ten_quick_wishes_end_in_the_last_one(ana: Person) -> None:
    for turn in range(10):
        await ask(ana, "data_abroad", OFF if turn % 2 else ON)
    await ask(ana, "data_abroad")

    await work_off()

    assert await network_has(ana, "data_abroad") == ON
    assert {order.state for order in await orders(ana)} <= {OrderState.CONFIRMED, OrderState.SUPERSEDED}
    assert all(state.endswith(("done", "overtaken")) for state in await states(ana))
    assert (await services(ana)).has == {"roaming": ON, "data_abroad": ON}
