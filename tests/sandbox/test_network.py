"""The sandbox's network takes orders in every manner that a real one has."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.network.port import Became, NetworkRefused, NetworkTimeout, OrderForgotten
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, Profile, Setting
from portal.sandbox.network import Behaviour, behave, bring_up, finish, has_services, take_down
from tests.world import Exchange

pytestmark = pytest.mark.usefixtures("database")

LINE, OTHER = "+38641000001", "+38641000002"
ROAMING = Setting(True)
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


async def test_a_line_that_nobody_asked_about_is_open_and_has_nothing_on(exchange: Exchange) -> None:
    assert await exchange.network.profile_of(LINE) == OPEN
    assert await exchange.network.services_of(LINE) == {}


async def test_a_service_is_set_and_another_line_is_left_alone(exchange: Exchange) -> None:
    assert await exchange.network.switch(LINE, "roaming", ROAMING, "1") is None

    assert await exchange.network.services_of(LINE) == {"roaming": ROAMING}
    assert await exchange.network.services_of(OTHER) == {}


async def test_the_same_order_again_changes_nothing(exchange: Exchange) -> None:
    for reference in "12":
        await exchange.network.switch(LINE, "data_pack", Setting(True, "2"), reference)

    assert await exchange.network.services_of(LINE) == {"data_pack": Setting(True, "2")}


async def test_barring_leaves_the_customer_s_own_services_alone(exchange: Exchange) -> None:
    await exchange.network.switch(LINE, "own_barring", Setting(True), "1")

    await exchange.network.apply(LINE, ALL_BARRED, "2")
    await exchange.network.apply(LINE, OPEN, "3")

    assert await exchange.network.services_of(LINE) == {"own_barring": Setting(True)}


async def test_a_line_has_what_it_was_connected_with(exchange: Exchange) -> None:
    await has_services(LINE, {"voicemail": Setting(True), "call_forwarding": Setting(True, "+38640111222")})
    await has_services(LINE, {"voicemail": Setting(False)})

    assert await exchange.network.services_of(LINE) == {
        "voicemail": Setting(False),
        "call_forwarding": Setting(True, "+38640111222"),
    }


async def test_silence_leaves_the_line_or_changes_it(exchange: Exchange) -> None:
    await behave(LINE, Behaviour.SILENT)
    await behave(OTHER, Behaviour.SILENT_BUT_DONE)

    for line in (LINE, OTHER):
        with pytest.raises(NetworkTimeout):
            await exchange.network.apply(line, ALL_BARRED, "1")
        with pytest.raises(NetworkTimeout):
            await exchange.network.switch(line, "roaming", ROAMING, "2")

    assert await exchange.network.profile_of(LINE) == OPEN
    assert await exchange.network.services_of(LINE) == {}
    assert await exchange.network.profile_of(OTHER) == ALL_BARRED
    assert await exchange.network.services_of(OTHER) == {"roaming": ROAMING}


async def test_slowly_is_as_long_as_a_test_wants(exchange: Exchange) -> None:
    await behave(LINE, Behaviour.SLOW)

    order = asyncio.create_task(exchange.network.switch(LINE, "roaming", ROAMING, "1"))
    await exchange.gate.somebody_waits()

    assert await exchange.network.services_of(LINE) == {}
    exchange.gate.opened.set()
    await order
    assert await exchange.network.services_of(LINE) == {"roaming": ROAMING}


async def test_it_refuses_with_the_chosen_reason(exchange: Exchange) -> None:
    await behave(LINE, Behaviour.REFUSING, "conflict")

    with pytest.raises(NetworkRefused) as no:
        await exchange.network.switch(LINE, "roaming", ROAMING, "1")

    assert (no.value.code, no.value.reason) == ("conflict", "another service of the line excludes it")
    assert await exchange.network.services_of(LINE) == {}


async def test_it_refuses_because_the_line_is_moved_unless_told_why(exchange: Exchange) -> None:
    await behave(LINE, Behaviour.REFUSING)

    with pytest.raises(NetworkRefused, match="moved to another exchange"):
        await exchange.network.apply(LINE, ALL_BARRED, "1")


@pytest.mark.parametrize("profile", [ALL_BARRED, OUTGOING_BARRED])
async def test_it_takes_an_order_and_does_it_later(exchange: Exchange, profile: Profile) -> None:
    await behave(LINE, Behaviour.LATER)
    with clock.stopped_at(NOON):
        barring = await exchange.network.apply(LINE, profile, "1")
        service = await exchange.network.switch(LINE, "call_forwarding", Setting(True, "+38640111222"), "2")
        assert barring
        assert service
        assert await exchange.network.became(barring) == Became.UNDER_WAY
        assert await exchange.network.profile_of(LINE) == OPEN
        assert await exchange.network.services_of(LINE) == {}

    with clock.stopped_at(NOON + timedelta(minutes=1)):
        assert await exchange.network.became(barring) == Became.DONE
        assert await exchange.network.became(service) == Became.DONE
        assert await exchange.network.profile_of(LINE) == profile
        assert await exchange.network.services_of(LINE) == {"call_forwarding": Setting(True, "+38640111222")}


async def test_it_takes_an_order_and_fails_later(exchange: Exchange) -> None:
    await behave(LINE, Behaviour.LATER_FAILING, "invalid_value")
    under_way = await exchange.network.switch(LINE, "data_pack", Setting(True, "3"), "1")
    assert under_way
    assert await exchange.network.became(under_way) == Became.UNDER_WAY

    await finish(LINE)

    with pytest.raises(NetworkRefused) as no:
        await exchange.network.became(under_way)
    assert no.value.code == "invalid_value"
    assert await exchange.network.services_of(LINE) == {}


async def test_what_is_done_later_ends_with_the_last_order(exchange: Exchange) -> None:
    await behave(LINE, Behaviour.LATER)
    for count in "123":
        await exchange.network.switch(LINE, "data_pack", Setting(True, count), count)

    await finish(LINE)

    assert await exchange.network.services_of(LINE) == {"data_pack": Setting(True, "3")}


@pytest.mark.parametrize("nothing", ["", "never", "00000000-0000-0000-0000-000000000000"])
async def test_of_an_order_that_it_never_took_it_knows_nothing(exchange: Exchange, nothing: str) -> None:
    with pytest.raises(OrderForgotten):
        await exchange.network.became(nothing)


async def test_while_it_is_down_it_answers_nothing_and_does_nothing(exchange: Exchange) -> None:
    await has_services(LINE, {"voicemail": Setting(True)})
    await take_down(NOON)

    for asked in (
        exchange.network.apply(LINE, ALL_BARRED, "1"),
        exchange.network.switch(LINE, "voicemail", Setting(False), "2"),
        exchange.network.profile_of(LINE),
        exchange.network.services_of(LINE),
        exchange.network.became("1"),
    ):
        with pytest.raises(NetworkTimeout):
            await asked

    await bring_up()
    assert await exchange.network.profile_of(LINE) == OPEN
    assert await exchange.network.services_of(LINE) == {"voicemail": Setting(True)}


async def test_what_it_took_before_it_went_down_it_does_when_it_is_back(exchange: Exchange) -> None:
    await behave(LINE, Behaviour.LATER)
    under_way = await exchange.network.switch(LINE, "roaming", ROAMING, "1")
    assert under_way
    await take_down(NOON)
    await finish(LINE)

    await bring_up()

    assert await exchange.network.became(under_way) == Became.DONE
    assert await exchange.network.services_of(LINE) == {"roaming": ROAMING}
