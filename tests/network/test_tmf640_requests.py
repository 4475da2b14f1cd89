"""What is sent to the network by TMF640: the whole desired state of one Service, and nothing that is not ours."""

from __future__ import annotations

import pytest

from portal.network.port import NetworkTimeout
from portal.network.tables import OUTGOING_BARRED, Setting
from portal.network.tmf640.adapter import Tmf640Network
from portal.network.tmf640.api import Api
from tests.network.tmf640_server import ROOT, Tmf640Server, silent

LINE = "+38641000001"


async def test_barring_is_sent_whole(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.connect(LINE)

    await adapter.apply(LINE, OUTGOING_BARRED, "0192f3a0-order")

    (asked,) = server.asked
    assert (asked.method, asked.target) == ("PATCH", f"{ROOT}/service/%2B38641000001")
    assert asked.document == {
        "serviceCharacteristic": [
            {"name": "voiceOut", "valueType": "string", "value": "barred"},
            {"name": "voiceIn", "valueType": "string", "value": "open"},
            {"name": "smsOut", "valueType": "string", "value": "barred"},
            {"name": "data", "valueType": "string", "value": "barred"},
        ]
    }


@pytest.mark.parametrize(
    ("setting", "body"),
    [
        (Setting(False), {"state": "inactive", "serviceCharacteristic": []}),
        (Setting(True), {"state": "active", "serviceCharacteristic": []}),
        (
            Setting(True, "+38640111222"),
            {
                "state": "active",
                "serviceCharacteristic": [{"name": "setting", "valueType": "string", "value": "+38640111222"}],
            },
        ),
    ],
)
async def test_a_service_is_sent_whole(
    server: Tmf640Server, adapter: Tmf640Network, setting: Setting, body: dict[str, object]
) -> None:
    server.connect(LINE, "call_forwarding")

    await adapter.switch(LINE, "call_forwarding", setting, "1")

    (asked,) = server.asked
    assert asked.target == f"{ROOT}/service/%2B38641000001.call_forwarding"
    assert asked.document == body


async def test_the_order_s_id_the_token_and_the_media_type_go_along(
    server: Tmf640Server, adapter: Tmf640Network
) -> None:
    server.connect(LINE)

    await adapter.apply(LINE, OUTGOING_BARRED, "0192f3a0-order")

    headers = server.asked[0].headers
    assert headers["x-request-id"] == "0192f3a0-order"
    assert headers["authorization"] == "Bearer a-token-of-ours"
    assert headers["content-type"] == "application/json;charset=utf-8"
    assert headers["accept"] == "application/json"


async def test_without_a_token_none_is_sent(server: Tmf640Server) -> None:
    server.token = None
    server.connect(LINE)
    network = Tmf640Network(Api(server.base))

    await network.apply(LINE, OUTGOING_BARRED, "1")

    assert "authorization" not in server.asked[0].headers
    await network.close()


async def test_a_line_is_not_let_out_of_its_path(server: Tmf640Server, adapter: Tmf640Network) -> None:
    for line in ("1/../../hub", "?fields=id", "1#2"):
        server.connect(line)
        assert (await adapter.apply(line, OUTGOING_BARRED, "1")) is None

    assert [asked.segments[1] for asked in server.asked] == ["1/../../hub", "?fields=id", "1#2"]


async def test_services_are_asked_for_by_line_and_in_one_request(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.connect(LINE, "roaming")

    await adapter.services_of(LINE)

    (asked,) = server.asked
    assert "%2B38641000001" in asked.target
    assert asked.query == {
        "serviceRelationship.service.id": LINE,
        "fields": "id,state,serviceCharacteristic",
        "limit": "100",
        "offset": "0",
    }


async def test_connections_are_kept(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.connect(LINE)

    for reference in "123":
        await adapter.apply(LINE, OUTGOING_BARRED, reference)
        await adapter.profile_of(LINE)

    assert server.connections == 1


async def test_a_cut_connection_is_replaced(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.connect(LINE)
    server.orders = silent
    with pytest.raises(NetworkTimeout):
        await adapter.apply(LINE, OUTGOING_BARRED, "1")

    assert await adapter.profile_of(LINE) != OUTGOING_BARRED
    assert server.connections == 2


async def test_no_number_and_no_token_stands_in_what_is_raised(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.orders = silent
    with pytest.raises(NetworkTimeout) as cut:
        await adapter.apply(LINE, OUTGOING_BARRED, "1")
    server.token = "another"
    with pytest.raises(NetworkTimeout) as barred:
        await adapter.profile_of(LINE)

    for raised in (cut, barred):
        assert "38641" not in str(raised.value)
        assert "token" not in str(raised.value)
        assert raised.value.__cause__ is None
