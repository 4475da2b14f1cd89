"""An order that was superseded while the network had it under way may still arrive: it is looked after until it did."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from portal.network import port
from portal.network.port import NetworkTimeout
from portal.network.reconciling import reconcile
from portal.network.sending import MOST_ASKED
from portal.network.tables import OFF, OUTGOING_BARRED, OrderState, ServiceOrder, Setting
from portal.sandbox.network import Behaviour, SandboxNetwork
from portal.sandbox.network.later import NetworkOrder
from tests.network.orders import ON, afterwards, order, setting_noted, sweep, wish, wish_states_of, wishes_of
from tests.people import Person
from tests.working import waiting, work_off
from tests.world import Exchange

MINUTE = timedelta(minutes=1)


async def test_one_superseded_while_under_way_is_put_right_when_it_arrives(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    await wish(bojan, "roaming", ON)
    await work_off()
    await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)
    newer = await wish(bojan, "roaming", OFF)
    await work_off()
    assert afterwards == [newer]

    await exchange.finishes(bojan.line.number)
    assert await exchange.has_setting(bojan.line.number, "roaming") == ON
    for _ in range(2):
        await work_off(later=True)

    assert await exchange.has_setting(bojan.line.number, "roaming") == OFF
    assert await setting_noted(bojan, "roaming") == OFF
    assert afterwards == [newer]


async def test_even_when_it_arrives_a_day_later(bojan: Person, exchange: Exchange) -> None:
    at = clock.now()
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    await order(OUTGOING_BARRED, bojan)
    await wish(bojan, "roaming", ON, at=at)
    with clock.stopped_at(at):
        await work_off()
        await NetworkOrder.update({NetworkOrder.due_at: at + timedelta(days=1)}, force=True)
        await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)
        await wish(bojan, "roaming", OFF, at=at)
        await work_off()

    for _ in range(26):
        at += timedelta(hours=1)
        await sweep(at)

    assert await exchange.has_setting(bojan.line.number, "roaming") == OFF
    assert await exchange.has(bojan.line.number) == OUTGOING_BARRED
    with clock.stopped_at(at + timedelta(hours=1)):
        await reconcile(at + timedelta(hours=1))
    assert "network.send_service" not in await waiting(), "nothing is left to look after"


async def test_one_that_was_superseded_and_failed_later_is_let_go(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.LATER_FAILING)
    await wish(bojan, "roaming", ON)
    await work_off()
    await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)
    newer = await wish(bojan, "roaming", OFF)
    await exchange.finishes(bojan.line.number)

    for _ in range(2):
        await work_off(later=True)

    assert await wish_states_of(bojan, "roaming") == [OrderState.SUPERSEDED, OrderState.CONFIRMED]
    assert not await ServiceOrder.exists().where(ServiceOrder.under_way.is_not_null())
    assert afterwards == [newer]


async def test_the_network_falls_silent_just_when_it_had_arrived(bojan: Person, exchange: Exchange) -> None:
    """What became of it is told, and what the line has is not: an hour later it is looked at nevertheless."""

    class SilentAboutLines(SandboxNetwork):
        async def services_of(self, line: str) -> dict[str, Setting]:
            raise NetworkTimeout

    at = clock.now()
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    with clock.stopped_at(at):
        await wish(bojan, "roaming", ON, at=at)
        await work_off()
        await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)
        await wish(bojan, "roaming", OFF, at=at)
        await work_off()
    assert await exchange.has_setting(bojan.line.number, "roaming") == OFF
    await exchange.finishes(bojan.line.number)
    assert await exchange.has_setting(bojan.line.number, "roaming") == ON

    port.use(SilentAboutLines())
    for _ in range(12):
        at += 5 * MINUTE
        await sweep(at)
    port.use(exchange.network)
    for _ in range(12):
        at += 5 * MINUTE
        await sweep(at)

    assert await exchange.has_setting(bojan.line.number, "roaming") == OFF
    assert await setting_noted(bojan, "roaming") == OFF
    assert not await ServiceOrder.exists().where(ServiceOrder.under_way.is_not_null())


async def test_one_that_is_never_said_to_be_done_is_not_asked_about_for_ever(bojan: Person, exchange: Exchange) -> None:
    at = clock.now()
    await exchange.behaves(bojan.line.number, Behaviour.LATER)
    with clock.stopped_at(at):
        await wish(bojan, "roaming", ON, at=at)
        await work_off()
        await exchange.behaves(bojan.line.number, Behaviour.AT_ONCE)
        await wish(bojan, "roaming", OFF, at=at)
        await work_off()
    await NetworkOrder.update({NetworkOrder.due_at: at + timedelta(days=1000)}, force=True)
    [older, _] = await wishes_of(bojan, "roaming")
    await ServiceOrder.update({ServiceOrder.attempts: MOST_ASKED}, force=True).where(ServiceOrder.id == older.id)

    await sweep(at + timedelta(hours=2))

    assert not await ServiceOrder.exists().where(ServiceOrder.under_way.is_not_null())
    assert await wish_states_of(bojan, "roaming") == [OrderState.SUPERSEDED, OrderState.CONFIRMED]
