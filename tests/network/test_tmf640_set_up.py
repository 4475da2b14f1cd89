"""NETWORK_URL puts the operator's network behind the port, and the doctor says whether it is any good."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.cli import doctor_network
from portal.cli.findings import Finding, Weight
from portal.network import connecting, port
from portal.network.tables import OPEN
from portal.network.tmf640.adapter import Tmf640Network
from portal.sandbox.network import SandboxNetwork
from portal.settings import Settings, settings
from tests.network import tmf640_server as tmf640
from tests.network.tmf640_documents import error
from tests.network.tmf640_server import Manner, Tmf640Server, answers
from tests.test_settings import ON_THIS_MACHINE, RIGHT


@pytest.fixture
def of_the_environment(monkeypatch: pytest.MonkeyPatch, server: Tmf640Server) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("NETWORK_URL", server.base)
    monkeypatch.setenv("NETWORK_TOKEN", server.token or "")
    settings.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    settings.cache_clear()
    port.use(None)


async def test_the_network_of_the_environment_takes_the_stand_in_s_place(
    of_the_environment: pytest.MonkeyPatch, server: Tmf640Server
) -> None:
    server.connect("+38641000001")
    port.use(SandboxNetwork())

    connecting.connect()

    network = port.network()
    assert isinstance(network, Tmf640Network)
    assert await network.profile_of("+38641000001") == OPEN
    await network.close()


def test_without_one_the_stand_in_stays(of_the_environment: pytest.MonkeyPatch) -> None:
    of_the_environment.delenv("NETWORK_URL")
    settings.cache_clear()
    port.use(stand_in := SandboxNetwork())

    connecting.connect()

    assert port.network() is stand_in


def configured(server: Tmf640Server, **changed: object) -> Settings:
    there = {"network_url": server.base, "network_token": server.token}
    return Settings(**RIGHT | ON_THIS_MACHINE | there | changed)


async def asked(known: Settings) -> list[Finding]:
    return [finding async for finding in doctor_network.reached(known)]


async def test_the_doctor_finds_a_good_network_fine(server: Tmf640Server) -> None:
    server.connect("+38641000001", "roaming")

    [found] = await asked(configured(server))

    assert (found.weight, found.what) == (Weight.FINE, "network: answers, and knows us")


async def test_the_doctor_finds_a_network_without_any_service(server: Tmf640Server) -> None:
    [found] = await asked(configured(server))

    assert found.weight is Weight.FAULT
    assert "has no Service at all" in found.what


async def test_the_doctor_asks_without_changing_anything(server: Tmf640Server) -> None:
    await asked(configured(server))

    assert {asked.method for asked in server.asked} == {"GET"}


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        (answers(401, error("x", "y")), "does not let us in: HTTP 401"),
        (answers(403), "does not let us in: HTTP 403"),
        (answers(404, error("x", "y")), "lists no Services: HTTP 404"),
        (answers(200, {}), "lists no Services: HTTP 200"),
        (answers(302, Location="https://elsewhere.example"), "lists no Services: HTTP 302"),
        (answers(503), "has trouble of its own: HTTP 503"),
        (tmf640.silent, "does not answer: RemoteProtocolError"),
    ],
)
async def test_the_doctor_says_what_is_wrong(server: Tmf640Server, manner: Manner, words: str) -> None:
    server.questions = manner

    [found] = await asked(configured(server))

    assert found.weight is Weight.FAULT
    assert words in found.what
    assert found.mend


async def test_the_doctor_finds_a_wrong_token(server: Tmf640Server) -> None:
    [found] = await asked(configured(server, network_token="not-the-one"))

    assert (found.weight, found.mend) == (Weight.FAULT, "Check NETWORK_TOKEN.")


async def test_the_doctor_finds_a_network_that_does_not_know_our_filter(server: Tmf640Server) -> None:
    server.connect("+38641000001", "roaming")
    server.filters = False

    fine, fault = await asked(configured(server))

    assert (fine.weight, fault.weight) == (Weight.FINE, Weight.FAULT)
    assert "serviceRelationship.service.id" in fault.mend


async def test_the_doctor_has_nobody_to_ask_without_a_network() -> None:
    assert await asked(Settings(**RIGHT)) == []


@pytest.mark.parametrize(
    ("changed", "weight", "words"),
    [
        ({}, Weight.FAULT, "no service can be switched"),
        ({"network_url": "https://activation.example/v4"}, Weight.WARNING, "NETWORK_TOKEN is unset"),
    ],
)
def test_the_doctor_reads_the_settings(changed: dict[str, object], weight: Weight, words: str) -> None:
    [found] = doctor_network.of_settings(Settings(**RIGHT | changed))

    assert found.weight is weight
    assert words in found.what


def test_the_doctor_finds_a_network_with_a_token_fine() -> None:
    known = Settings(**RIGHT, network_url="https://activation.example/v4", network_token="a-token")

    assert list(doctor_network.of_settings(known)) == []
