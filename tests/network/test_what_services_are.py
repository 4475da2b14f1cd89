"""What the network reports of a line's services is noted: what is on, since when, and when it was read."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from portal import clock
from portal.database import transaction
from portal.jobs import enqueue
from portal.network.port import NetworkTimeout
from portal.network.service_states import note_services
from portal.network.switching import read_services
from portal.network.tables import OFF, Setting
from tests.network.orders import ON, noted, read_at, setting_noted
from tests.people import NOON, Person
from tests.working import work_off
from tests.world import Exchange

MINUTE = timedelta(minutes=1)


async def test_of_a_line_that_was_never_read_nothing_is_known(bojan: Person) -> None:
    assert await read_at(bojan) is None
    assert await noted(bojan, "roaming") is None


async def test_reading_notes_what_is_on(bojan: Person, exchange: Exchange) -> None:
    forwarding = Setting(is_on=True, value="+38640111222")
    await exchange.has_on(bojan.line.number, voicemail=ON, mms=OFF, forwarding=forwarding)

    with clock.stopped_at(NOON):
        await read_services(bojan.line.id, NOON)

    assert await setting_noted(bojan, "voicemail") == ON
    assert await setting_noted(bojan, "forwarding") == forwarding
    assert await noted(bojan, "mms") is None, "off, for the line was read"
    assert await read_at(bojan) == NOON


async def test_somebody_who_looks_has_the_line_read(bojan: Person, exchange: Exchange) -> None:
    await exchange.has_on(bojan.line.number, voicemail=ON)
    async with transaction():
        await enqueue("network.read", line=str(bojan.line.id))

    await work_off()

    assert await setting_noted(bojan, "voicemail") == ON


async def test_a_silent_network_leaves_what_is_known(bojan: Person, exchange: Exchange) -> None:
    with clock.stopped_at(NOON):
        await read_services(bojan.line.id, NOON)
    await exchange.goes_down()

    with pytest.raises(NetworkTimeout):
        await read_services(bojan.line.id, NOON + MINUTE)
    async with transaction():
        await enqueue("network.read", line=str(bojan.line.id))
    await work_off()

    assert await read_at(bojan) == NOON


async def test_since_changes_with_the_setting_only(bojan: Person) -> None:
    async def reported(setting: Setting, minute: int) -> tuple[Setting, int]:
        services = {"data_pack": setting} if setting.is_on else {}
        await note_services(bojan.line.id, services, NOON + minute * MINUTE)
        state = await noted(bojan, "data_pack")
        assert state is not None
        assert state.observed_at == NOON + minute * MINUTE
        return state.setting, (state.since - NOON) // MINUTE

    one, two = Setting(is_on=True, value="1"), Setting(is_on=True, value="2")

    assert await reported(one, 1) == (one, 1)
    assert await reported(one, 2) == (one, 1)
    assert await reported(two, 3) == (two, 3)
    assert await reported(OFF, 4) == (OFF, 4)
    assert await reported(OFF, 5) == (OFF, 4)
    assert await reported(two, 6) == (two, 6)


async def test_an_older_report_changes_nothing(bojan: Person) -> None:
    await note_services(bojan.line.id, {"roaming": ON}, NOON)

    await note_services(bojan.line.id, {"premium": ON}, NOON - MINUTE)

    assert await setting_noted(bojan, "roaming") == ON
    assert await noted(bojan, "premium") is None
    assert await read_at(bojan) == NOON


async def test_of_reports_noted_at_once_the_newest_stands_whole(bojan: Person) -> None:
    reports = [{f"service_{n}": ON} for n in range(8)]

    await asyncio.gather(*(note_services(bojan.line.id, on, NOON + n * MINUTE) for n, on in enumerate(reports)))

    assert await read_at(bojan) == NOON + 7 * MINUTE
    assert [n for n in range(8) if await setting_noted(bojan, f"service_{n}") == ON] == [7]


async def test_what_was_read_is_noted_as_of_when_it_was_asked(bojan: Person, exchange: Exchange) -> None:
    """A job may have begun long before: what it read last is the newest nevertheless."""
    with clock.stopped_at(NOON + MINUTE):
        await read_services(bojan.line.id, NOON)

    assert await read_at(bojan) == NOON + MINUTE
