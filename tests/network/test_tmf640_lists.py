"""All services of a line come as a list, perhaps in pages: believed only where it is whole and of this line alone."""

from __future__ import annotations

from typing import Any

import pytest

from portal.network.port import NetworkTimeout
from portal.network.tables import Setting
from portal.network.tmf640.adapter import Tmf640Network
from tests.network.tmf640_server import Tmf640Server, answers

LINE = "+38641000001"


def service(code: str) -> dict[str, Any]:
    return {"id": f"{LINE}.{code}", "state": "active", "serviceCharacteristic": []}


@pytest.mark.parametrize("stranger", ["+38641000002.x", "+386410000012.x", "38641000001.x", "+38641000001x", "x"])
async def test_a_page_with_a_stranger_s_service_is_not_taken_for_truth(
    server: Tmf640Server, adapter: Tmf640Network, stranger: str
) -> None:
    server.questions = answers(200, [service("roaming"), service("x") | {"id": stranger}])

    with pytest.raises(NetworkTimeout, match="other Services"):
        await adapter.services_of(LINE)


async def test_a_server_that_does_not_know_our_filter_is_found_out(
    server: Tmf640Server, adapter: Tmf640Network
) -> None:
    server.connect(LINE, "roaming")
    server.connect("+38641000002", "roaming")
    server.filters = False

    with pytest.raises(NetworkTimeout):
        await adapter.services_of(LINE)


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("largest_page", [1, 2, 3, 5, 6, 100])
async def test_smaller_pages_than_asked_for_are_put_together(
    server: Tmf640Server, adapter: Tmf640Network, largest_page: int, counts: bool
) -> None:
    codes = [f"service_{n}" for n in range(5)]
    server.connect(LINE, *codes)
    server.largest_page, server.counts = largest_page, counts

    assert set(await adapter.services_of(LINE)) == set(codes)


async def test_a_list_without_an_end_is_left(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.questions = answers(206, [], X_Total_Count="7")
    with pytest.raises(NetworkTimeout, match="shorter than its total"):
        await adapter.services_of(LINE)

    server.questions = answers(206, [service("roaming")])
    with pytest.raises(NetworkTimeout, match="without an end"):
        await adapter.services_of(LINE)

    assert len(server.asked) < 20


@pytest.mark.parametrize("total", ["many", "-1", "1e3", "9" * 30, ""])
async def test_a_total_that_is_no_number_is_none(server: Tmf640Server, adapter: Tmf640Network, total: str) -> None:
    server.questions = answers(200, [service("roaming")], X_Total_Count=total)

    assert await adapter.services_of(LINE) == {"roaming": Setting(True)}


@pytest.mark.parametrize("said", [{}, None, "[]", {"service": []}])
async def test_what_is_no_list_is_not_an_empty_one(server: Tmf640Server, adapter: Tmf640Network, said: Any) -> None:
    server.questions = answers(200, said)

    with pytest.raises(NetworkTimeout):
        await adapter.services_of(LINE)


async def test_a_line_without_services_has_none_on(server: Tmf640Server, adapter: Tmf640Network) -> None:
    server.connect(LINE)

    assert await adapter.services_of(LINE) == {}
