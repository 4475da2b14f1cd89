"""What the network answers to an order ends it only where it is about the order; all else leaves it unknown."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from portal.network.port import NetworkRefused, NetworkTimeout
from portal.network.tables import ALL_BARRED, Setting
from portal.network.tmf640.adapter import Tmf640Network
from portal.network.tmf640.api import Api
from tests.network.tmf640_documents import error
from tests.network.tmf640_server import Tmf640Server, answers

LINE = "+38641000001"
NO = error("notAllowed", "not with this SIM card")


async def order(adapter: Tmf640Network) -> str | None:
    return await adapter.switch(LINE, "roaming", Setting(True), "1")


@pytest.mark.parametrize("status", [400, 404, 409, 410, 422])
async def test_a_no_that_is_about_the_order_refuses_it(
    server: Tmf640Server, adapter: Tmf640Network, status: int
) -> None:
    server.connect(LINE, "roaming")
    server.orders = answers(status, NO)

    with pytest.raises(NetworkRefused) as no:
        await order(adapter)

    assert (no.value.code, no.value.reason) == ("notAllowed", "not with this SIM card")


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        (error("a" * 50, "no", message="call us"), "a" * 40, "no: call us"),
        (error("7", "no", message="no"), "7", "no"),
        ({"code": 4001, "reason": "no", "extra": {}}, "4001", "no"),
        (error("no\x00", "\x00no\x00", message="call\nus"), "no", "no: call us"),
        (error("no", "n" * 500), "no", "n" * 200),
    ],
)
async def test_an_error_is_read_as_far_as_it_goes(
    server: Tmf640Server, adapter: Tmf640Network, said: Any, code: str, reason: str
) -> None:
    server.orders = answers(422, said)

    with pytest.raises(NetworkRefused) as no:
        await order(adapter)

    assert (no.value.code, no.value.reason) == (code, reason)


@pytest.mark.parametrize("status", [400, 404, 409, 410, 422])
@pytest.mark.parametrize("said", [None, {}, [], "no", 1, {"code": "x"}, {"code": True, "reason": "x"}, {"reason": "x"}])
async def test_a_no_that_does_not_say_why_is_unknown(
    server: Tmf640Server, adapter: Tmf640Network, status: int, said: Any
) -> None:
    server.orders = answers(status, said)

    with pytest.raises(NetworkTimeout):
        await order(adapter)


FAULTS_OF_OURS = [
    301,
    302,
    307,
    308,
    401,
    402,
    403,
    405,
    406,
    407,
    411,
    412,
    413,
    414,
    415,
    417,
    421,
    426,
    428,
    431,
    451,
]
OF_A_MOMENT = [408, 423, 425, 429]
ODD = [201, 203, 204, 205, 206, 300, 304, 500, 501, 502, 503, 504, 599]


@pytest.mark.parametrize("status", FAULTS_OF_OURS)
async def test_a_fault_of_our_set_up_refuses_nobody_and_is_logged(
    server: Tmf640Server, adapter: Tmf640Network, status: int
) -> None:
    server.orders = answers(status, NO, Location="https://elsewhere.example/")

    with pytest.raises(NetworkTimeout), capture_logs() as logged:
        await order(adapter)

    assert [(entry["log_level"], entry["status"]) for entry in logged] == [("error", status)]
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", OF_A_MOMENT + ODD)
async def test_what_may_pass_is_unknown(server: Tmf640Server, adapter: Tmf640Network, status: int) -> None:
    server.orders = answers(status, NO, raw=b"" if status in (204, 205, 304) else None)

    with pytest.raises(NetworkTimeout):
        await order(adapter)


@pytest.mark.parametrize(
    "busy", [error("orderInProgress", "wait"), error("409", "the Service is locked"), error("x", "Concurrent update")]
)
async def test_a_conflict_with_another_order_is_of_a_moment(
    server: Tmf640Server, adapter: Tmf640Network, busy: dict[str, str]
) -> None:
    server.orders = answers(409, busy)

    with pytest.raises(NetworkTimeout), capture_logs() as logged:
        await order(adapter)

    assert logged == []


async def test_a_line_that_the_network_does_not_have_is_refused(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.connect("+38641000002")

    with pytest.raises(NetworkRefused) as no:
        await adapter.apply(LINE, ALL_BARRED, "1")

    assert no.value.code == "notFound"


async def test_with_a_wrong_address_of_the_api_nobody_is_refused(server: Tmf640Server) -> None:
    network = Tmf640Network(Api(server.base.removesuffix("v4") + "v3", server.token))

    with pytest.raises(NetworkTimeout):
        await order(network)

    await network.close()


async def test_by_an_api_that_has_no_service_at_all_nobody_is_refused(
    server: Tmf640Server, adapter: Tmf640Network
) -> None:
    """It may be an empty twin of the one that was meant."""
    with pytest.raises(NetworkTimeout), capture_logs() as logged:
        await adapter.apply(LINE, ALL_BARRED, "1")

    assert [entry["log_level"] for entry in logged] == ["error"]


async def test_with_a_wrong_token_nobody_is_refused(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.connect(LINE, "roaming")
    server.token = "another"

    with pytest.raises(NetworkTimeout):
        await order(adapter)
    with pytest.raises(NetworkTimeout):
        await adapter.services_of(LINE)
