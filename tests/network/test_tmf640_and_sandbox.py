"""The sandbox's network and one that speaks TMF640 keep the same promises behind the port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest
import pytest_asyncio

from portal.network.port import Became, Network, NetworkRefused, NetworkTimeout, OrderForgotten
from portal.network.tables import ALL_BARRED, OPEN, OUTGOING_BARRED, Profile, Setting
from portal.network.tmf640.adapter import Tmf640Network
from portal.sandbox.network import Behaviour, SandboxNetwork
from portal.sandbox.tables import prepare
from tests.network.tmf640_server import Tmf640Server
from tests.network.two_networks import CODES, LINE, OTHER, Behind, Sandbox, Tmf640


@pytest_asyncio.fixture(params=["sandbox", "tmf640"])
async def behind(
    request: pytest.FixtureRequest, database: str, server: Tmf640Server, adapter: Tmf640Network
) -> AsyncIterator[Behind]:
    for line in (LINE, OTHER):
        server.connect(line, *CODES)
    await prepare()
    yield Sandbox(SandboxNetwork()) if request.param == "sandbox" else Tmf640(adapter, server)


def on(settings: Mapping[str, Setting]) -> dict[str, Setting]:
    """One that is missing is off."""
    return {code: setting for code, setting in settings.items() if setting.is_on}


@pytest.mark.parametrize("profile", [OPEN, OUTGOING_BARRED, ALL_BARRED, OPEN._replace(data=True)])
async def test_a_line_is_barred_exactly_as_ordered(behind: Behind, profile: Profile) -> None:
    await behind.network.apply(LINE, ALL_BARRED, "1")

    assert await behind.network.apply(LINE, profile, "2") is None

    assert await behind.network.profile_of(LINE) == profile
    assert await behind.network.profile_of(OTHER) == OPEN


@pytest.mark.parametrize(
    ("code", "setting"),
    [
        ("roaming", Setting(True)),
        ("call_forwarding", Setting(True, "+38640111222")),
        ("data_pack", Setting(True, "2")),
    ],
)
async def test_a_service_is_set_exactly_as_ordered(behind: Behind, code: str, setting: Setting) -> None:
    for reference in "12":
        assert await behind.network.switch(LINE, code, setting, reference) is None

    assert on(await behind.network.services_of(LINE)) == {code: setting}
    assert on(await behind.network.services_of(OTHER)) == {}


async def test_what_is_switched_off_leaves_nothing_of_its_setting(behind: Behind) -> None:
    await behind.network.switch(LINE, "call_forwarding", Setting(True, "+38640111222"), "1")

    await behind.network.switch(LINE, "call_forwarding", Setting(False), "2")

    assert (await behind.network.services_of(LINE))["call_forwarding"] == Setting(False)


async def test_barring_and_services_never_meet(behind: Behind) -> None:
    await behind.network.switch(LINE, "own_barring", Setting(True), "1")

    await behind.network.apply(LINE, ALL_BARRED, "2")
    await behind.network.switch(LINE, "roaming", Setting(True), "3")
    await behind.network.apply(LINE, OUTGOING_BARRED, "4")

    assert await behind.network.profile_of(LINE) == OUTGOING_BARRED
    assert on(await behind.network.services_of(LINE)) == {"own_barring": Setting(True), "roaming": Setting(True)}


async def test_a_refusal_says_why_and_changes_nothing(behind: Behind) -> None:
    await behind.behaves(Behaviour.REFUSING)

    with pytest.raises(NetworkRefused) as no:
        await behind.network.switch(LINE, "roaming", Setting(True), "1")

    assert (no.value.code, no.value.reason) == ("conflict", "another service of the line excludes it")
    assert on(await behind.network.services_of(LINE)) == {}


@pytest.mark.parametrize(
    ("behaviour", "profile"), [(Behaviour.SILENT, OPEN), (Behaviour.SILENT_BUT_DONE, OUTGOING_BARRED)]
)
async def test_silence_is_unknown_whether_it_was_done_or_not(
    behind: Behind, behaviour: Behaviour, profile: Profile
) -> None:
    await behind.behaves(behaviour)

    with pytest.raises(NetworkTimeout):
        await behind.network.apply(LINE, OUTGOING_BARRED, "1")

    assert await behind.network.profile_of(LINE) == profile


async def test_an_order_is_taken_and_done_later(behind: Behind) -> None:
    await behind.behaves(Behaviour.LATER)
    under_way = await behind.network.switch(LINE, "data_pack", Setting(True, "1"), "1")
    assert under_way
    assert len(under_way) <= 300

    assert await behind.network.became(under_way) == Became.UNDER_WAY
    assert on(await behind.network.services_of(LINE)) == {}

    await behind.finishes()
    assert await behind.network.became(under_way) == Became.DONE
    assert on(await behind.network.services_of(LINE)) == {"data_pack": Setting(True, "1")}


async def test_an_order_is_taken_and_fails_later(behind: Behind) -> None:
    await behind.behaves(Behaviour.LATER_FAILING)
    under_way = await behind.network.apply(LINE, ALL_BARRED, "1")
    assert under_way

    await behind.finishes()

    with pytest.raises(NetworkRefused) as no:
        await behind.network.became(under_way)
    assert no.value.code == "conflict"
    assert await behind.network.profile_of(LINE) == OPEN


@pytest.mark.parametrize("nothing", ["", "..", "never", "https://elsewhere.example/monitor/1", "1?fields=id", "1/2"])
async def test_an_order_that_it_never_took_it_has_forgotten(behind: Behind, nothing: str) -> None:
    with pytest.raises(OrderForgotten):
        await behind.network.became(nothing)


ASKING: list[Callable[[Network], Awaitable[object]]] = [
    lambda network: network.apply(LINE, ALL_BARRED, "1"),
    lambda network: network.switch(LINE, "roaming", Setting(True), "2"),
    lambda network: network.profile_of(LINE),
    lambda network: network.services_of(LINE),
    lambda network: network.became("1"),
]


async def test_while_it_is_down_nothing_is_known_and_nothing_done(behind: Behind) -> None:
    await behind.goes_down()

    for ask in ASKING:
        with pytest.raises(NetworkTimeout):
            await ask(behind.network)

    await behind.comes_back()
    assert await behind.network.profile_of(LINE) == OPEN
    assert on(await behind.network.services_of(LINE)) == {}
