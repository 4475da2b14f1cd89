"""Orders end in what was asked for over TMF640 too, whatever the wire does to them."""

from __future__ import annotations

import pytest
import pytest_asyncio

from portal.network import port
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, OrderState, Setting
from portal.network.tmf640.adapter import Tmf640Network
from tests.network import tmf640_server as tmf640
from tests.network.orders import (
    ON,
    afterwards,
    observed,
    order,
    orders_of,
    setting_noted,
    states_of,
    sweep,
    wish,
    wish_states_of,
    wishes_of,
)
from tests.network.tmf640_documents import error
from tests.network.tmf640_server import Manner, Tmf640Server, answers
from tests.people import NOON, Person
from tests.working import work_off

FORWARDED = Setting(True, "+38640111222")


@pytest_asyncio.fixture
async def bojan(bojan: Person, server: Tmf640Server, adapter: Tmf640Network) -> Person:
    """In another operator's network, to which he came with every service off."""
    port.use(adapter)
    server.connect(bojan.line.number, "roaming", "call_forwarding", "own_barring")
    return bojan


def orders_sent(server: Tmf640Server) -> int:
    return sum(asked.method == "PATCH" for asked in server.asked)


async def test_an_order_is_confirmed_by_reading_it_back(bojan: Person, server: Tmf640Server) -> None:
    occasion = await order(OUTGOING_BARRED, bojan)
    switched = await wish(bojan, "call_forwarding", FORWARDED)

    await work_off()

    assert await states_of(bojan) == [OrderState.CONFIRMED]
    assert await wish_states_of(bojan, "call_forwarding") == [OrderState.CONFIRMED]
    assert await observed(bojan) == OUTGOING_BARRED
    assert await setting_noted(bojan, "call_forwarding") == FORWARDED
    assert sorted(afterwards) == sorted([str(occasion), switched])
    assert orders_sent(server) == 2


async def test_a_refusal_is_an_end_with_the_network_s_reason(bojan: Person, server: Tmf640Server) -> None:
    server.orders = answers(422, error("not_supported", "the SIM card does not support it"))
    switched = await wish(bojan, "roaming", ON)

    await work_off()

    [refused] = await wishes_of(bojan, "roaming")
    assert (refused.state, refused.refused_as) == (OrderState.REFUSED, "not_supported")
    assert refused.answer == "the SIM card does not support it"
    assert afterwards == [switched]


@pytest.mark.parametrize("lost", [tmf640.silent_but_done, tmf640.silent])
async def test_an_answer_that_was_lost_is_found_by_looking(bojan: Person, server: Tmf640Server, lost: Manner) -> None:
    server.orders = lost
    await order(ALL_BARRED, bojan)
    await wish(bojan, "roaming", ON)
    await work_off()
    assert await states_of(bojan) == [OrderState.UNKNOWN]
    assert await wish_states_of(bojan, "roaming") == [OrderState.UNKNOWN]
    assert afterwards == []

    server.orders = tmf640.at_once
    await work_off(later=True)

    assert await states_of(bojan) == [OrderState.CONFIRMED]
    assert await wish_states_of(bojan, "roaming") == [OrderState.CONFIRMED]
    assert len(afterwards) == 2
    assert orders_sent(server) == (2 if lost is tmf640.silent_but_done else 4)


@pytest.mark.parametrize("status", [401, 403, 503])
async def test_a_fault_of_the_set_up_delays_and_refuses_nobody(
    bojan: Person, server: Tmf640Server, status: int
) -> None:
    server.orders = server.questions = answers(status, error("unauthorized", "who are you?"))
    await order(OPEN, bojan)
    for _ in range(3):
        await work_off(later=True)
    assert await states_of(bojan) == [OrderState.UNKNOWN]

    server.orders = server.questions = tmf640.at_once
    await work_off(later=True)

    assert await states_of(bojan) == [OrderState.CONFIRMED]


async def test_an_order_that_was_taken_is_followed_and_not_sent_again(bojan: Person, server: Tmf640Server) -> None:
    server.orders = tmf640.later
    await wish(bojan, "roaming", ON)
    for _ in range(3):
        await work_off(later=True)
    [under_way] = await wishes_of(bojan, "roaming")
    assert (under_way.state, under_way.under_way) == (OrderState.UNKNOWN, "1")

    server.finish()
    await work_off(later=True)

    assert await wish_states_of(bojan, "roaming") == [OrderState.CONFIRMED]
    assert orders_sent(server) == 1


async def test_an_order_that_was_taken_may_fail(bojan: Person, server: Tmf640Server) -> None:
    server.orders = tmf640.later
    await wish(bojan, "roaming", ON)
    await work_off()

    server.finish(error("conflict", "another service of the line excludes it"))
    await work_off(later=True)

    [refused] = await wishes_of(bojan, "roaming")
    assert (refused.state, refused.refused_as) == (OrderState.REFUSED, "conflict")


async def test_ten_quick_wishes_end_in_the_last(bojan: Person, server: Tmf640Server) -> None:
    for n in range(10):
        await wish(bojan, "roaming", Setting(n % 2 == 0))

    await work_off()

    assert (await wish_states_of(bojan, "roaming"))[-1] == OrderState.CONFIRMED
    assert server.services[f"{bojan.line.number}.roaming"]["state"] == "inactive"
    assert len(afterwards) == 1


async def test_a_line_that_drifts_soon_after_an_order_is_put_right(bojan: Person, server: Tmf640Server) -> None:
    await order(OUTGOING_BARRED, bojan)
    await work_off()
    server.connect(bojan.line.number)

    await sweep(NOON)

    assert await observed(bojan) == OUTGOING_BARRED
    assert len(await orders_of(bojan)) == 2
    barred = server.services[bojan.line.number]["serviceCharacteristic"]
    assert [one["value"] for one in barred] == ["barred", "open", "barred", "barred"]


async def test_barring_leaves_the_customer_s_own_barring_alone(bojan: Person, server: Tmf640Server) -> None:
    await wish(bojan, "own_barring", ON)
    await order(ALL_BARRED, bojan)
    await work_off()

    await order(OPEN, bojan)
    await work_off()

    assert server.services[f"{bojan.line.number}.own_barring"]["state"] == "active"
    assert await observed(bojan) == OPEN
