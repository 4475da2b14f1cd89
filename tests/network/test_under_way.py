"""A network may take an order and do it later: it is asked what became of it, and not given the order once more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.jobs import NotYet
from portal.network import port
from portal.network.port import Became
from portal.network.sending import send
from portal.network.switching import SERVICES
from portal.network.tables import OUTGOING_BARRED, OrderState, ServiceOrder, Setting
from portal.sandbox.network import Behaviour, SandboxNetwork
from portal.sandbox.network.later import NetworkOrder
from tests.network.orders import (
    ON,
    afterwards,
    observed,
    order,
    setting_noted,
    states_of,
    wish,
    wish_states_of,
    wishes_of,
)
from tests.people import NOON, Person
from tests.working import work_off
from tests.world import Exchange

MINUTE = timedelta(minutes=1)


async def taken() -> int:
    """How many orders the network has taken to do them later."""
    return int(await NetworkOrder.count())


async def test_a_service_is_confirmed_when_the_network_has_done_it(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    asked = await wish(bojan, "roaming", ON)
    for _ in range(3):
        await work_off(later=True)
    assert await wish_states_of(bojan, "roaming") == [OrderState.UNKNOWN]
    assert afterwards == []

    await exchange.finishes(bojan.line.number)
    await work_off(later=True)

    assert await wish_states_of(bojan, "roaming") == [OrderState.CONFIRMED]
    assert await setting_noted(bojan, "roaming") == ON
    assert await taken() == 1
    assert afterwards == [asked]


async def test_so_is_barring(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    occasion = await order(OUTGOING_BARRED, bojan)
    for _ in range(3):
        await work_off(later=True)
    assert await states_of(bojan) == [OrderState.UNKNOWN]

    await exchange.finishes(bojan.line.number)
    await work_off(later=True)

    assert await states_of(bojan) == [OrderState.CONFIRMED]
    assert await observed(bojan) == OUTGOING_BARRED
    assert await taken() == 1
    assert afterwards == [str(occasion)]


async def test_what_fails_later_is_refused_with_its_reason(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.LATER_FAILING, "not_supported")
    asked = await wish(bojan, "data_pack", Setting(is_on=True, value="1"))
    await work_off()
    await exchange.finishes(bojan.line.number)

    await work_off(later=True)

    [refused] = await wishes_of(bojan, "data_pack")
    assert (refused.state, refused.refused_as) == (OrderState.REFUSED, "not_supported")
    assert afterwards == [asked]


async def test_what_the_network_has_forgotten_is_sent_again(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    asked = await wish(bojan, "roaming", ON)
    await work_off()
    await NetworkOrder.delete(force=True)
    await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)

    for _ in range(2):
        await work_off(later=True)

    assert await exchange.switched(bojan.line.number, "roaming") == 1
    assert afterwards == [asked]


async def test_unless_it_did_it_before(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    asked = await wish(bojan, "roaming", ON)
    await work_off()
    await exchange.finishes(bojan.line.number)
    assert await exchange.has_setting(bojan.line.number, "roaming") == ON
    await NetworkOrder.delete(force=True)

    await work_off(later=True)

    assert await exchange.switched(bojan.line.number, "roaming") == 1
    assert afterwards == [asked]


async def test_done_is_no_proof(bojan: Person, exchange: Exchange) -> None:
    class SaysDone(SandboxNetwork):
        async def became(self, under_way: str) -> Became:
            return Became.DONE

    port.use(SaysDone())
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    asked = await wish(bojan, "roaming", ON)
    for _ in range(2):
        await work_off(later=True)
    assert await wish_states_of(bojan, "roaming") == [OrderState.UNKNOWN]
    await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)

    await work_off(later=True)

    assert await wish_states_of(bojan, "roaming") == [OrderState.CONFIRMED]
    assert afterwards == [asked]


async def test_while_the_network_is_down_what_it_took_is_not_lost(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    asked = await wish(bojan, "roaming", ON)
    await work_off()
    await exchange.goes_down()
    await work_off(later=True)
    await exchange.comes_up()
    await exchange.finishes(bojan.line.number)

    await work_off(later=True)

    assert await taken() == 1
    assert afterwards == [asked]


async def test_a_worker_killed_before_it_kept_where_to_ask(bojan: Person, exchange: Exchange) -> None:
    """What it sent may arrive: the line is looked at, and the order sent again when it is not there."""
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    asked = await wish(bojan, "roaming", ON)
    [placed] = await wishes_of(bojan, "roaming")
    with pytest.raises(NotYet):
        await send(SERVICES, placed.id, NOON)
    await ServiceOrder.update({ServiceOrder.under_way: None, ServiceOrder.state: OrderState.SENT}, force=True)
    await exchange.finishes(bojan.line.number)

    await work_off()

    assert await exchange.switched(bojan.line.number, "roaming") == 1
    assert afterwards == [asked]
