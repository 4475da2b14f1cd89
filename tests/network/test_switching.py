"""A service is on or off when the network, asked anew, has it so; who asked is told once, of a yes and of a no."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from portal.audit import AuditEntry, Event
from portal.database import transaction
from portal.network import port
from portal.network.port import NetworkRefused
from portal.network.sending import send
from portal.network.switching import SERVICES
from portal.network.tables import OFF, OrderState, Setting
from portal.sandbox.network import Behaviour, SandboxNetwork
from tests.network.orders import (
    ON,
    afterwards,
    setting_noted,
    wish,
    wish_states_of,
    wishes_of,
)
from tests.people import NOON, Person
from tests.working import waiting, work_off
from tests.world import Exchange

HOUR = timedelta(hours=1)
FIVE_MINUTES = timedelta(minutes=5)


async def test_it_is_confirmed_by_reading_it_back(bojan: Person, exchange: Exchange) -> None:
    order = await wish(bojan, "roaming", ON)

    await work_off()

    assert await wish_states_of(bojan, "roaming") == [OrderState.CONFIRMED]
    assert await exchange.has_setting(bojan.line.number, "roaming") == ON
    assert await setting_noted(bojan, "roaming") == ON
    assert afterwards == [order]


async def test_nothing_is_ordered_by_a_transaction_that_fails(bojan: Person) -> None:
    with pytest.raises(RuntimeError):
        async with transaction():
            await wish(bojan, "roaming", ON)
            raise RuntimeError

    assert await wishes_of(bojan, "roaming") == []
    assert await waiting() == []


async def test_of_one_that_is_off_no_value_is_kept(bojan: Person, exchange: Exchange) -> None:
    number = Setting(is_on=True, value="+38640111222")
    await exchange.has_on(bojan.line.number, forwarding=number)

    await wish(bojan, "forwarding", Setting(is_on=False, value="+38640111222"))
    await work_off()

    assert await wish_states_of(bojan, "forwarding") == [OrderState.CONFIRMED]
    assert [order.setting for order in await wishes_of(bojan, "forwarding")] == [OFF]


async def test_a_value_is_a_part_of_the_wish(bojan: Person, exchange: Exchange) -> None:
    await exchange.has_on(bojan.line.number, data_pack=Setting(is_on=True, value="1"))

    await wish(bojan, "data_pack", Setting(is_on=True, value="2"))
    await work_off()

    assert await exchange.has_setting(bojan.line.number, "data_pack") == Setting(is_on=True, value="2")
    assert await setting_noted(bojan, "data_pack") == Setting(is_on=True, value="2")


async def test_a_refusal_ends_it_with_the_network_s_reason(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.REFUSING, "not_supported")
    order = await wish(bojan, "roaming", ON)

    await work_off()

    [refused] = await wishes_of(bojan, "roaming")
    [entry] = await AuditEntry.objects().where(AuditEntry.event == Event.SERVICE_ORDER_REFUSED)
    assert (refused.state, refused.refused_as) == (OrderState.REFUSED, "not_supported")
    assert refused.answer == "the card in the phone does not support it"
    assert entry.account_id == bojan.account.id
    assert afterwards == [order]


async def test_of_a_refusal_no_number_is_logged(bojan: Person) -> None:
    class Quoting(SandboxNetwork):
        async def switch(self, line: str, service: str, setting: Setting, reference: str) -> str | None:
            raise NetworkRefused(f"{line} is being moved")

    port.use(Quoting())
    await wish(bojan, "roaming", ON)

    with capture_logs() as logged:
        await work_off()

    [refused] = [entry for entry in logged if entry["event"] == "order refused"]
    assert refused["reason"] == "… is being moved"


async def test_who_needs_not_know_is_not_told(bojan: Person, exchange: Exchange) -> None:
    await wish(bojan, "roaming", ON, then=None)

    await work_off()

    assert await wish_states_of(bojan, "roaming") == [OrderState.CONFIRMED]
    assert afterwards == []


async def test_silence_after_doing_it_is_found_out_by_looking(bojan: Person, exchange: Exchange) -> None:
    await exchange.behaves(bojan.line.number, Behaviour.SILENT_BUT_DONE)
    order = await wish(bojan, "roaming", ON)

    await work_off()
    assert await wish_states_of(bojan, "roaming") == [OrderState.UNKNOWN]
    assert afterwards == []
    await work_off(later=True)

    assert await wish_states_of(bojan, "roaming") == [OrderState.CONFIRMED]
    assert await exchange.switched(bojan.line.number, "roaming") == 1
    assert afterwards == [order]


async def test_carried_by_ten_workers_at_once_it_is_confirmed_and_told_once(bojan: Person, exchange: Exchange) -> None:
    order = await wish(bojan, "roaming", ON)
    [placed] = await wishes_of(bojan, "roaming")

    await asyncio.gather(*(send(SERVICES, placed.id, NOON) for _ in range(10)))
    await work_off()

    assert await wish_states_of(bojan, "roaming") == [OrderState.CONFIRMED]
    assert afterwards == [order]


async def test_a_worker_killed_after_the_network_did_it(bojan: Person, exchange: Exchange) -> None:
    class PowerCut(BaseException):
        """The worker dies where it stands."""

    class CutAfterDoing(SandboxNetwork):
        async def switch(self, line: str, service: str, setting: Setting, reference: str) -> None:
            await super().switch(line, service, setting, reference)
            raise PowerCut

    port.use(CutAfterDoing())
    order = await wish(bojan, "roaming", ON)
    [placed] = await wishes_of(bojan, "roaming")
    with pytest.raises(PowerCut):
        await send(SERVICES, placed.id, NOON)
    assert await wish_states_of(bojan, "roaming") == [OrderState.SENT]

    await work_off()

    assert await wish_states_of(bojan, "roaming") == [OrderState.CONFIRMED]
    assert await exchange.switched(bojan.line.number, "roaming") == 1
    assert afterwards == [order]
