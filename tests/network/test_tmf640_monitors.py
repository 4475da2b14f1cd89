"""An order that is taken is followed where the network says, if that is within its API, until it says what became."""

from __future__ import annotations

from typing import Any

import pytest

from portal.network.port import Became, NetworkRefused, NetworkTimeout, OrderForgotten
from portal.network.tables import ALL_BARRED
from portal.network.tmf640.adapter import Tmf640Network
from tests.network import tmf640_server as tmf640
from tests.network.tmf640_documents import error
from tests.network.tmf640_server import ROOT, Tmf640Server, answers

LINE = "+38641000001"


@pytest.mark.parametrize("href", ["{base}/monitor/7", f"{ROOT}/monitor/7", "monitor/7"])
@pytest.mark.parametrize("place", ["header", "body"])
async def test_where_to_ask_stands_in_the_header_or_in_the_body(
    server: Tmf640Server, adapter: Tmf640Network, href: str, place: str
) -> None:
    there = href.format(base=server.base)
    in_body = {"id": "7", "href": there}
    server.orders = answers(202, {}, Location=there) if place == "header" else answers(202, in_body)

    assert await adapter.apply(LINE, ALL_BARRED, "1") == "7"


@pytest.mark.parametrize(
    "href",
    [
        "https://elsewhere.example/tmf-api/ServiceActivationAndConfiguration/v4/monitor/7",
        "//elsewhere.example/monitor/7",
        "http://127.0.0.1:1/tmf-api/ServiceActivationAndConfiguration/v4/monitor/7",
        "http://user@127.0.0.1/monitor/7",
        "{base}/service/7",
        "{base}/monitor/",
        "{base}/monitor/..",
        "{base}/monitor/x/../7",
        "{base}/./monitor/7",
        "{base}/monitor/7/8",
        "{base}/monitor/../service/7",
        "{base}/monitor/7?fields=id",
        "{base}/monitor/7#top",
        "{base}/monitor/%2e%2e%2fservice",
        "{base}/monitor/" + "7" * 201,
        "http://[/monitor/7",
        "ftp:monitor/7",
        "javascript:alert(1)",
        "",
    ],
)
async def test_a_monitor_elsewhere_is_none(server: Tmf640Server, adapter: Tmf640Network, href: str) -> None:
    there = href.format(base=server.base)
    for answer in (answers(202, {}, Location=there), answers(202, {"id": "7", "href": there})):
        server.orders = answer
        with pytest.raises(NetworkTimeout):
            await adapter.apply(LINE, ALL_BARRED, "1")

    assert len(server.asked) == 2


@pytest.mark.parametrize("said", [None, [], "7", {"href": 7}, {"id": "7"}])
async def test_an_order_taken_without_saying_where_to_ask_is_unknown(
    server: Tmf640Server, adapter: Tmf640Network, said: Any
) -> None:
    server.orders = answers(202, said)

    with pytest.raises(NetworkTimeout):
        await adapter.apply(LINE, ALL_BARRED, "1")


async def test_the_order_s_id_stands_in_the_network_s_own_record(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.connect(LINE)
    server.orders = tmf640.later

    under_way = await adapter.apply(LINE, ALL_BARRED, "0192f3a0-order")

    assert under_way
    kept = server.monitors[under_way]["request"]["header"]
    assert kept == [{"name": "x-request-id", "value": "0192f3a0-order"}]


@pytest.mark.parametrize(
    ("state", "became"),
    [
        ("InProgress", Became.UNDER_WAY),
        ("inProgress", Became.UNDER_WAY),
        ("IN_PROGRESS", Became.UNDER_WAY),
        ("acknowledged", Became.UNDER_WAY),
        ("Completed", Became.DONE),
        ("SUCCEEDED", Became.DONE),
    ],
)
async def test_a_monitor_says_what_became(
    server: Tmf640Server, adapter: Tmf640Network, state: str, became: Became
) -> None:
    server.questions = answers(200, {"id": "7", "state": state})

    assert await adapter.became("7") == became


@pytest.mark.parametrize("state", ["InError", "failed", "REJECTED"])
@pytest.mark.parametrize(
    ("response", "code"),
    [
        ({"statusCode": "422", "body": '{"code": "conflict", "reason": "no"}', "header": []}, "conflict"),
        ({"body": {"code": "conflict", "reason": "no"}}, "conflict"),
        ({"body": "no"}, None),
        ({}, None),
        (None, None),
        ("no", None),
    ],
)
async def test_a_failure_is_a_no(
    server: Tmf640Server, adapter: Tmf640Network, state: str, response: Any, code: str | None
) -> None:
    server.questions = answers(200, {"id": "7", "state": state, "response": response})

    with pytest.raises(NetworkRefused) as no:
        await adapter.became("7")

    assert no.value.code == code
    assert no.value.reason


@pytest.mark.parametrize("said", [None, [], {}, {"state": None}, {"state": 1}, {"state": "on its way"}, {"state": ""}])
async def test_a_monitor_that_says_nothing_is_unknown(server: Tmf640Server, adapter: Tmf640Network, said: Any) -> None:
    server.questions = answers(200, said)

    with pytest.raises(NetworkTimeout):
        await adapter.became("7")


@pytest.mark.parametrize("status", [204, 302, 401, 403, 429, 500, 503])
async def test_a_monitor_that_does_not_answer_is_asked_again(
    server: Tmf640Server, adapter: Tmf640Network, status: int
) -> None:
    server.questions = answers(status, error("x", "y"), raw=b"" if status == 204 else None)

    with pytest.raises(NetworkTimeout):
        await adapter.became("7")


@pytest.mark.parametrize("status", [404, 410])
async def test_a_monitor_that_is_gone_is_forgotten(server: Tmf640Server, adapter: Tmf640Network, status: int) -> None:
    server.questions = answers(status, error("notFound", "there is no such monitor"))

    with pytest.raises(OrderForgotten):
        await adapter.became("7")
