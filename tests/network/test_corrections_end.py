"""A line is put right for a while after it was ordered; against a network that means it, that comes to an end."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from portal.network import port
from portal.network.tables import ALL_BARRED, OFF, OPEN, Profile, Setting
from portal.sandbox.network import Behaviour, SandboxNetwork
from portal.sandbox.network.later import NetworkOrder
from tests.network.orders import (
    ON,
    afterwards,
    observed,
    order,
    orders_of,
    setting_noted,
    sweep,
    wish,
    wish_states_of,
    wishes_of,
)
from tests.people import NOON, Person
from tests.working import work_off
from tests.world import Exchange

MINUTE = timedelta(minutes=1)
HALF_AN_HOUR = [NOON + 5 * n * MINUTE for n in range(1, 7)]
AFTERWARDS = [NOON + 5 * n * MINUTE for n in range(7, 13)]


class HasOneOfTwo(SandboxNetwork):
    """Where one of these is switched on, the other goes off."""

    async def switch(self, line: str, service: str, setting: Setting, reference: str) -> str | None:
        other = {"roaming": "premium", "premium": "roaming"}[service]
        if setting.is_on:
            await super().switch(line, other, OFF, reference)
        return await super().switch(line, service, setting, reference)


class OpensByItself(SandboxNetwork):
    """What it bars it has open again when it is asked the next time but one."""

    asked = 0

    async def profile_of(self, line: str) -> Profile:
        self.asked += 1
        return OPEN if self.asked % 2 == 0 else await super().profile_of(line)


async def test_two_services_of_which_the_network_has_but_one_are_not_ordered_in_turns_for_ever(
    bojan: Person, exchange: Exchange
) -> None:
    port.use(HasOneOfTwo())
    with clock.stopped_at(NOON):
        for service in ("roaming", "premium"):
            await wish(bojan, service, ON)
            await work_off()
    for at in HALF_AN_HOUR:
        await sweep(at)
    ordered = len(await wishes_of(bojan, "roaming") + await wishes_of(bojan, "premium"))

    for at in AFTERWARDS:
        await sweep(at)

    assert len(await wishes_of(bojan, "roaming") + await wishes_of(bojan, "premium")) == ordered
    assert len(afterwards) == 2
    for service in ("roaming", "premium"):
        assert await setting_noted(bojan, service) == await exchange.has_setting(bojan.line.number, service)


async def test_nor_is_a_line_barred_again_for_ever(bojan: Person, exchange: Exchange) -> None:
    port.use(OpensByItself())
    with clock.stopped_at(NOON):
        await order(ALL_BARRED, bojan)
        await work_off()
    for at in HALF_AN_HOUR:
        await sweep(at)
    ordered = len(await orders_of(bojan))
    assert ordered > 1, "it was put right at first"

    for at in AFTERWARDS:
        await sweep(at)

    assert len(await orders_of(bojan)) == ordered
    assert await observed(bojan) is not None


async def test_a_correction_does_not_keep_a_line_watched(bojan: Person, exchange: Exchange) -> None:
    with clock.stopped_at(NOON):
        await wish(bojan, "roaming", ON)
        await work_off()
    for minutes in (5, 10):
        await exchange.service_drifts(bojan.line.number, "roaming", OFF)
        await sweep(NOON + minutes * MINUTE)
    assert [one.is_correction for one in await wishes_of(bojan, "roaming")] == [False, True, True]

    await exchange.service_drifts(bojan.line.number, "roaming", OFF)
    await sweep(NOON + 20 * MINUTE)

    assert len(await wish_states_of(bojan, "roaming")) == 3
    assert await setting_noted(bojan, "roaming") == OFF


async def test_an_order_that_arrives_late_is_put_right_though_it_is_a_correction(
    bojan: Person, exchange: Exchange
) -> None:
    line, at = bojan.line.number, clock.now()
    with clock.stopped_at(at):
        await wish(bojan, "roaming", ON, at=at)
        await work_off()
    await exchange.service_drifts(line, "roaming", OFF)
    await exchange.behaves(line, Behaviour.LATER)
    await sweep(at + 5 * MINUTE)
    await NetworkOrder.update({NetworkOrder.due_at: at + timedelta(days=1)}, force=True)
    await exchange.behaves(line, Behaviour.AT_ONCE)
    with clock.stopped_at(at + 6 * MINUTE):
        await wish(bojan, "roaming", OFF, at=at + 6 * MINUTE)
        await work_off()
    assert await exchange.has_setting(line, "roaming") == OFF

    for hours in (12, 24, 25, 26):
        await sweep(at + timedelta(hours=hours))

    assert await exchange.has_setting(line, "roaming") == OFF
    assert await setting_noted(bojan, "roaming") == OFF
