"""What a line has is believed only where the network says it whole, of this line, and in words we know."""

from __future__ import annotations

from typing import Any

import pytest

from portal.network.port import NetworkTimeout
from portal.network.tables import OPEN, Profile, Setting
from portal.network.tmf640.adapter import Tmf640Network
from tests.network.tmf640_documents import characteristic
from tests.network.tmf640_server import CHARACTERISTICS, Tmf640Server, answers

LINE = "+38641000001"
WHOLE = [characteristic(name, "open") for name in CHARACTERISTICS]


def barring(*characteristics: Any, **more: Any) -> dict[str, Any]:
    return {"id": LINE, "serviceCharacteristic": list(characteristics), **more}


def service(code: str, state: str = "active", *characteristics: Any, **more: Any) -> dict[str, Any]:
    return {"id": f"{LINE}.{code}", "state": state, "serviceCharacteristic": list(characteristics), **more}


async def test_more_than_we_know_does_not_matter(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.questions = answers(200, barring(*WHOLE, characteristic("volte", True), name="Ana's", unheardOf={"a": 1}))

    assert await adapter.profile_of(LINE) == OPEN


@pytest.mark.parametrize("n", range(4))
async def test_each_characteristic_is_what_it_is_called(server: Tmf640Server, adapter: Tmf640Network, n: int) -> None:
    listed = [dict(one) for one in WHOLE]
    listed[n]["value"] = "barred"
    server.questions = answers(200, barring(*reversed(listed)))

    assert await adapter.profile_of(LINE) == Profile(*(place == n for place in range(4)))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"id": LINE},
        barring(),
        barring(*WHOLE[:3]),
        barring(*WHOLE, WHOLE[0]),
        barring(*WHOLE[:3], characteristic("data", "Barred")),
        barring(*WHOLE[:3], characteristic("data", None)),
        barring(*WHOLE[:3], characteristic("data", ["barred"])),
        barring(*WHOLE, "voiceOut"),
        barring(*WHOLE, {"value": "barred"}),
        {"id": LINE, "serviceCharacteristic": None},
        {"id": LINE, "serviceCharacteristic": {}},
        barring(*WHOLE) | {"id": "+38641000002"},
    ],
)
async def test_a_line_that_is_not_told_whole_is_unknown(
    server: Tmf640Server, adapter: Tmf640Network, said: Any
) -> None:
    server.questions = answers(200, said)

    with pytest.raises(NetworkTimeout):
        await adapter.profile_of(LINE)


@pytest.mark.parametrize("status", [202, 204, 400, 404, 410, 500, 503])
async def test_a_line_is_not_read_from_any_other_answer(
    server: Tmf640Server, adapter: Tmf640Network, status: int
) -> None:
    server.questions = answers(status, barring(*WHOLE), raw=b"" if status == 204 else None)

    with pytest.raises(NetworkTimeout):
        await adapter.profile_of(LINE)


@pytest.mark.parametrize(
    ("said", "setting"),
    [
        (service("x"), Setting(True)),
        (service("x", "inactive"), Setting(False)),
        (service("x", "terminated"), Setting(False)),
        (service("x", "reserved"), Setting(False)),
        (service("x", "active", characteristic("setting", "+38640111222")), Setting(True, "+38640111222")),
        (service("x", "active", characteristic("setting", 2)), Setting(True, "2")),
        (service("x", "active", characteristic("setting", None)), Setting(True)),
        (service("x", "active", characteristic("setting", "")), Setting(True)),
        (service("x", "active", characteristic("another", "2")), Setting(True)),
        ({"id": f"{LINE}.x", "state": "active"}, Setting(True)),
    ],
)
async def test_a_service_is_as_the_network_says(
    server: Tmf640Server, adapter: Tmf640Network, said: Any, setting: Setting
) -> None:
    server.questions = answers(200, [said])

    assert await adapter.services_of(LINE) == {"x": setting}


async def test_the_line_s_own_service_is_none_of_those_switched(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.questions = answers(200, [barring(*WHOLE, state="active"), service("roaming")])

    assert await adapter.services_of(LINE) == {"roaming": Setting(True)}


@pytest.mark.parametrize(
    "said",
    [
        service("x", "ACTIVE"),
        service("x", "suspended"),
        {"id": f"{LINE}.x"},
        service("x", "active", characteristic("setting", True)),
        service("x", "active", characteristic("setting", 1.5)),
        service("x", "active", characteristic("setting", ["2"])),
        service("x", "active", characteristic("setting", "9" * 41)),
        service("x", "active", characteristic("setting", 10**50)),
        service("x", "active", characteristic("setting", "2\x00")),
        service("x", "active", characteristic("setting", "1"), characteristic("setting", "2")),
        service("y" * 41),
        service(""),
        service("a b"),
        {"state": "active"},
        {"id": None, "state": "active"},
        {"id": 1, "state": "active"},
        "roaming",
        None,
    ],
)
async def test_one_service_that_is_not_understood_makes_all_unknown(
    server: Tmf640Server, adapter: Tmf640Network, said: Any
) -> None:
    server.questions = answers(200, [service("roaming"), said])

    with pytest.raises(NetworkTimeout):
        await adapter.services_of(LINE)
